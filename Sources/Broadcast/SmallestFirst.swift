/// The few smallest of many elements, in order: what a list's first page is, without sorting the list.
struct SmallestFirst<Element> {
    private(set) var elements: [Element] = []
    /// There were more than the limit.
    private(set) var isCut = false
    private let limit: Int
    private let precedes: (Element, Element) -> Bool

    /// - Parameter limit: at least 1.
    init(limit: Int, by precedes: @escaping (Element, Element) -> Bool) {
        self.limit = max(limit, 1)
        self.precedes = precedes
    }

    mutating func insert(_ element: Element) {
        if self.elements.count == self.limit {
            self.isCut = true
            guard self.precedes(element, self.elements[self.limit - 1]) else { return }
            self.elements.removeLast()
        }
        var low = 0, high = self.elements.count
        while low < high {
            let middle = (low + high) / 2
            if self.precedes(element, self.elements[middle]) { high = middle } else { low = middle + 1 }
        }
        self.elements.insert(element, at: low)
    }
}
