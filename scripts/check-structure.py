#!/usr/bin/env python3
"""Checks what the compiler does not: who may import whom, the length of files, constructs that can crash, links in the documents.

scripts/check-structure.py              all checks; exit code 1 and a line for every problem
scripts/check-structure.py --self-test  proves on a tree of its own that every check can fail
scripts/check-structure.py --lines      lines of Swift by target
"""

import re
import sys
import tempfile
from pathlib import Path

LONGEST_FILE = 400
#: Python tests are tables of cases, one group a file.
LONGEST_TABLE = 800
OURS = [
    "WireBytes", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "RESP", "Emitters", "Backplane",
    "Broadcast", "HTTPEdge", "Realtime", "HTTPAPI", "Console", "Tokens", "Telemetry", "FanfareServer",
]  # fmt: skip
NIO = r"_?NIO\w*"

#: Modules that a target's files may import, as regular expressions.
ALLOWED = {
    "WireBytes": [],
    "EngineIO": ["WireBytes"],
    "SocketIO": ["WireBytes"],
    "WebSocketFraming": ["WireBytes"],
    "AccessControl": ["WireBytes"],
    "RESP": ["WireBytes"],
    "Emitters": ["WireBytes"],
    "Telemetry": ["CoreMetrics", "Synchronization", "Glibc"],
    "Broadcast": ["WireBytes", "SocketIO", "WebSocketFraming", "NIOCore", "Synchronization", "DequeModule"],
    "HTTPEdge": ["WireBytes", NIO, "Synchronization", "Glibc"],
    "Realtime": ["HTTPEdge", "Broadcast", "EngineIO", "SocketIO", "WebSocketFraming", "AccessControl", "WireBytes", "NIOCore", "Crypto", "Synchronization"],
    "HTTPAPI": ["HTTPEdge", "Broadcast", "AccessControl", "Telemetry", "WireBytes", "NIOCore"],
    "Console": ["HTTPAPI", "HTTPEdge", "Broadcast", "AccessControl", "WireBytes", "NIOCore"],
    "Tokens": ["AccessControl", "WireBytes", "JWTKit", "Crypto", "Synchronization"],
    "TransportSecurity": [NIO],
    "Backplane": ["RESP", "Emitters", "Broadcast", "TransportSecurity", "WireBytes", NIO, "Synchronization", "Crypto"],
    "FanfareServer": [*OURS, "TransportSecurity", NIO, "Logging", "UnixSignals", "Foundation", "FoundationEssentials", "Synchronization", "Glibc", "Musl"],
    "FanfareClient": ["TransportSecurity", "EngineIO", "SocketIO", "WebSocketFraming", "WireBytes", NIO, "Crypto", "Glibc"],
    "LoadGenerator": ["FanfareClient", "WireBytes", "NIOCore", "Histogram", "Glibc"],
    "ServerConfiguration": [
        "FanfareServer", "AccessControl", "Tokens", "TransportSecurity", "Logging", "Foundation", "Configuration", "Yams",
    ],
    "fanfare": [
        "ServerConfiguration", "TransportSecurity", "FanfareServer", "FanfareClient", "LoadGenerator", "Tokens", "AccessControl", "WireBytes", NIO, "ArgumentParser", "Logging",
        "Telemetry", "CoreMetrics", "Foundation", "UnixSignals",
    ],
    "ConformanceServer": ["Realtime", "HTTPEdge", "Broadcast", "AccessControl", "EngineIO", "WireBytes", NIO, "ArgumentParser"],
}

#: Nothing of this may be in Sources.
BANNED = {
    "@unchecked Sendable": r"@unchecked\s+Sendable",
    "nonisolated(unsafe)": r"nonisolated\s*\(\s*unsafe\s*\)",
    "fatalError(": r"\bfatalError\s*\(",
    "try!": r"\btry!",
    "as!": r"\bas!",
    "-Ounchecked": r"-Ounchecked\b",
}

IMPORT = re.compile(
    r"^\s*(?:@\w+(?:\([^)]*\))?\s+)*(?:(?:package|public|internal|private|fileprivate)\s+)?"
    r"import\s+(?:(?:struct|class|enum|protocol|func|var|let|typealias)\s+)?(\w+)",
    re.MULTILINE,
)
LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
TOKEN = re.compile(r'//[^\n]*|/\*|\*/|#*"""|#*"|\n', re.MULTILINE)


def without_comments(text):
    """Swift's text with comments blanked out, lines kept; what is in string literals stays."""
    kept, position, depth = [], 0, 0
    while position < len(text):
        found = TOKEN.search(text, position)
        if not found:
            kept.append(text[position:] if depth == 0 else "")
            break
        token = found.group()
        if depth == 0:
            kept.append(text[position : found.start()])
        position = found.end()
        if token == "/*":
            depth += 1
        elif token == "*/":
            depth = max(depth - 1, 0)
        elif token == "\n":
            kept.append(token)
        elif depth == 0 and not token.startswith("//"):
            end = _end_of_string(text, position, token)
            kept.append(text[found.start() : end])
            position = end
        elif depth > 0:
            # A comment's text: only "*/" and "/*" matter, also behind a quote or two slashes.
            position = found.start() + 1 if token.startswith("//") else position
    return "".join(kept)


def _end_of_string(text, start, opening):
    pounds = opening.count("#")
    closing = opening[pounds:] + "#" * pounds
    escape = "\\" + "#" * pounds
    position = start
    while position < len(text):
        if text.startswith(escape, position):
            position += len(escape) + 1
        elif text.startswith(closing, position):
            return position + len(closing)
        elif text[position] == "\n" and '"""' not in opening:
            return position
        else:
            position += 1
    return len(text)


def files(root, pattern):
    """Files of the project: nothing in folders whose name begins with a dot."""
    for path in sorted(root.rglob(pattern)):
        parts = path.relative_to(root).parts
        if path.is_file() and not any(part.startswith(".") or part == "__pycache__" for part in parts[:-1]):
            yield path


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def check_imports(root):
    for folder in sorted(path for path in (root / "Sources").glob("*") if path.is_dir()):
        allowed = ALLOWED.get(folder.name)
        if allowed is None:
            yield f"Sources/{folder.name}: no rule says what this target may import; add one to {Path(__file__).name}"
            continue
        for path in files(folder, "*.swift"):
            text = without_comments(path.read_text())
            for found in IMPORT.finditer(text):
                if not any(re.fullmatch(module, found[1]) for module in allowed):
                    line = line_of(text, found.start(1))
                    yield f"{path.relative_to(root)}:{line}: {folder.name} may not import {found[1]}"


def check_lengths(root):
    for name in ("Sources", "Tests", "scripts"):
        for pattern in ("*.swift", "*.py", "*.js", "*.sh"):
            for path in files(root / name, pattern):
                lines = len(path.read_text().splitlines())
                allowed = LONGEST_TABLE if path.suffix == ".py" and "Tests" in path.parts else LONGEST_FILE
                if lines > allowed:
                    yield f"{path.relative_to(root)}: {lines} lines, {allowed} are allowed"


def check_constructs(root):
    for path in [*files(root / "Sources", "*.swift"), root / "Package.swift", *files(root / "scripts", "*.sh")]:
        if not path.exists():
            continue
        text = path.read_text()
        if path.suffix == ".swift":
            text = without_comments(text)
        for name, pattern in BANNED.items():
            for found in re.finditer(pattern, text):
                yield f"{path.relative_to(root)}:{line_of(text, found.start())}: {name} is not allowed"


def anchors(text):
    """The anchors that the headings of a document get where it is shown."""
    seen = set()
    for heading in re.findall(r"^#{1,6}\s+(.*?)\s*#*\s*$", text, re.MULTILINE):
        seen.add(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-"))
    return seen


def check_links(root):
    for path in files(root, "*.md"):
        text = path.read_text()
        prose = re.sub(r"```.*?```|`[^`\n]*`", lambda code: re.sub(r"[^\n]", " ", code.group()), text, flags=re.DOTALL)
        for found in LINK.finditer(prose):
            target = found[1]
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            file, _, anchor = target.partition("#")
            place = path if not file else (root / file.lstrip("/") if file.startswith("/") else path.parent / file)
            here = f"{path.relative_to(root)}:{line_of(prose, found.start())}"
            if not place.exists():
                yield f"{here}: the link {target} leads nowhere"
            elif anchor and place.suffix == ".md" and anchor not in anchors(place.read_text()):
                yield f"{here}: the link {target} names no heading"


CHECKS = [check_imports, check_lengths, check_constructs, check_links]


def problems(root):
    return [problem for check in CHECKS for problem in check(root)]


#: Trees that are in order in spite of appearances: path, text.
SOUND = [
    ("Sources/WireBytes/A.swift", "// import Foundation\n/* try! /* nested */ as! */ let a = 1\n"),
    ("Sources/WireBytes/A.swift", 'let a = "// no comment"; let b = #"a \\" b"#\nlet important = 1\n'),
    ("Sources/EngineIO/A.swift", "package import WireBytes\n"),
    ("Sources/Broadcast/A.swift", "import NIOCore\nprivate import struct DequeModule.Deque\nimport Synchronization\n"),
    ("Sources/HTTPEdge/A.swift", "@preconcurrency import NIOPosix\nimport NIOHTTP1\n"),
    ("Sources/WireBytes/A.swift", "let a = 1\n" * 400),
    ("README.md", "# One\n[a](LICENSE) [b](https://example.org) [c](#one-two)\n## One, two!\n`[d](nowhere)`\n```\n[e](nowhere)\n```\n"),
    (".build/README.md", "[a](nowhere)\n"),
]

#: Trees with one problem each: path, text, what the report has to say.
UNSOUND = [
    ("Sources/WireBytes/A.swift", "import Synchronization\n", "A.swift:1: WireBytes may not import Synchronization"),
    ("Sources/EngineIO/A.swift", "\nimport NIOCore\n", "A.swift:2: EngineIO may not import NIOCore"),
    ("Sources/SocketIO/A.swift", "package import Foundation\n", "SocketIO may not import Foundation"),
    ("Sources/AccessControl/A.swift", "import struct SocketIO.Packet\n", "AccessControl may not import SocketIO"),
    ("Sources/WebSocketFraming/A.swift", "@preconcurrency import NIOWebSocket\n", "may not import NIOWebSocket"),
    ("Sources/Broadcast/A.swift", "import Realtime\n", "Broadcast may not import Realtime"),
    ("Sources/Broadcast/A.swift", "import NIOPosix\n", "Broadcast may not import NIOPosix"),
    ("Sources/HTTPEdge/A.swift", "import Broadcast\n", "HTTPEdge may not import Broadcast"),
    ("Sources/HTTPAPI/A.swift", "import Realtime\n", "HTTPAPI may not import Realtime"),
    ("Sources/Realtime/Deep/A.swift", "/* a */ import HTTPAPI\n", "Realtime may not import HTTPAPI"),
    ("Sources/fanfare/A.swift", "import Broadcast\n", "fanfare may not import Broadcast"),
    ("Sources/Unheard/A.swift", "let a = 1\n", "no rule says"),
    ("Sources/WireBytes/A.swift", "let a = 1\n" * 401, "401 lines"),
    ("Tests/EndToEnd/a.py", "a = 1\n" * 801, "801 lines"),
    ("Sources/WireBytes/A.swift", "final class A: @unchecked Sendable {}\n", "A.swift:1: @unchecked Sendable"),
    ("Sources/WireBytes/A.swift", "nonisolated(unsafe) var a = 1\n", "nonisolated(unsafe)"),
    ("Sources/WireBytes/A.swift", 'let a = "/*"\nfatalError("x")\n', "A.swift:2: fatalError("),
    ("Sources/WireBytes/A.swift", "let a = try! b()\n", "try!"),
    ("Sources/WireBytes/A.swift", 'let a = "\\(b as! Int)"\n', "as!"),
    ("Package.swift", 'let a = ["-Ounchecked"]\n', "Package.swift:1: -Ounchecked"),
    ("scripts/a.sh", "swift build -Xswiftc -Ounchecked\n", "a.sh:1: -Ounchecked"),
    ("README.md", "\n[a](docs/missing.md)\n", "README.md:2: the link docs/missing.md leads nowhere"),
    ("docs/a.md", "# One\n[a](../LICENSE) [b](a.md#two)\n", "docs/a.md:2: the link a.md#two names no heading"),
]


def self_test():
    passed, failures = 0, []
    for path, text, expected in [*((path, text, None) for path, text in SOUND), *UNSOUND]:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            (root / "LICENSE").touch()
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
            found = problems(root)
        if len(found) == (expected is not None) and all(expected in problem for problem in found):
            passed += 1
        else:
            failures.append(f"{path} with {text[:60]!r}: expected {expected!r}, found {found}")
    for failure in failures:
        print(failure, file=sys.stderr)
    print(f"structure checks: {passed} cases passed, {len(failures)} failed")
    return not failures


def print_lines(root):
    total = 0
    for folder in sorted(path for path in (root / "Sources").glob("*") if path.is_dir()):
        lengths = [len(path.read_text().splitlines()) for path in files(folder, "*.swift")]
        total += sum(lengths)
        print(f"{folder.name:20} {len(lengths):4} files {sum(lengths):6} lines, longest {max(lengths, default=0)}")
    print(f"{'Sources':20} {'':10} {total:6} lines")
    tests = sum(len(path.read_text().splitlines()) for path in files(root / "Tests", "*.swift"))
    print(f"{'Tests':20} {'':10} {tests:6} lines")


def main(arguments):
    root = Path(__file__).resolve().parents[1]
    if arguments == ["--self-test"]:
        return 0 if self_test() else 1
    if arguments == ["--lines"]:
        print_lines(root)
        return 0
    if arguments:
        print(__doc__, file=sys.stderr)
        return 64
    found = problems(root)
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
