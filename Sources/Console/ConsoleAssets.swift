import HTTPAPI
import HTTPEdge

/// The page and its files, as they are served.
enum ConsoleAssets {
    static let pages: [StaticPages.Page] = [
        .init("/console", .html, PackageResources.console_html),
        .init("/console/console.css", .css, PackageResources.console_css),
        .init("/console/app.js", .javaScript, PackageResources.app_js),
        .init("/console/charts.js", .javaScript, PackageResources.charts_js),
        .init("/console/configuration.js", .javaScript, PackageResources.configuration_js),
        .init("/console/connection.js", .javaScript, PackageResources.connection_js),
        .init("/console/feed.js", .javaScript, PackageResources.feed_js),
        .init("/console/history.js", .javaScript, PackageResources.history_js),
        .init("/console/limits.js", .javaScript, PackageResources.limits_js),
        .init("/console/publish.js", .javaScript, PackageResources.publish_js),
        .init("/console/tables.js", .javaScript, PackageResources.tables_js),
        .init("/console/tap.js", .javaScript, PackageResources.tap_js),
        .init("/console/text.js", .javaScript, PackageResources.text_js),
    ]
}
