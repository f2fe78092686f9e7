/// `MicroBenchmarks [--json] [--quick] [part of a name …]`
@main
enum MicroBenchmarks {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let wanted = arguments.filter { !$0.hasPrefix("--") }
        let isJSON = arguments.contains("--json")
        let (rounds, duration) = arguments.contains("--quick") ? (5, Duration.milliseconds(10)) : (21, .milliseconds(25))
        let benchmarks = (TextBenchmarks.all + FramingBenchmarks.all + HubBenchmarks.all).filter { benchmark in
            wanted.isEmpty || wanted.contains { benchmark.name.contains($0) }
        }
        if !isJSON { print(Measurement.header) }
        let measurements = benchmarks.map { benchmark in
            let measurement = benchmark.run(rounds: rounds, duration: duration)
            if !isJSON { print(measurement.row) }
            return measurement
        }
        if isJSON { print("[\n" + measurements.map(\.json).joined(separator: ",\n") + "\n]") }
    }
}
