import HTTPAPI
import HTTPEdge

/// The page and its files, as they are served.
enum ConsoleAssets {
    static let pages: [StaticPages.Page] = [
        .init("/console", .html, PackageResources.console_html)
    ]
}
