# Fanfare as an image: one executable, no shell, an unprivileged user, nothing to write.
#
#   docker build -t fanfare .
#   docker run --rm --read-only -p 8000:8000 -e FANFARE_PUBLISH_KEY=… fanfare
#
# On Debian 12 in both stages: the executable needs the C library of the system that it was built on.

FROM swift:6.3-bookworm AS build
WORKDIR /src
# A layer of its own: only a change of the manifest fetches the dependencies again.
COPY Package.swift Package.resolved* ./
RUN swift package resolve
COPY Sources Sources
# The manifest names the test targets, so they have to be there; they are not built.
COPY Tests Tests
# Swift's own libraries are linked in, symbols are left out.
RUN swift build -c release --product fanfare --static-swift-stdlib -Xlinker -s

# glibc, libstdc++ and libgcc_s are all that the executable still needs.
FROM gcr.io/distroless/cc-debian12:nonroot
LABEL org.opencontainers.image.title="Fanfare" \
      org.opencontainers.image.description="A Socket.IO broadcasting server: what you POST reaches every subscribed client at once." \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /src/.build/release/fanfare /usr/local/bin/fanfare
# All addresses of the container. It starts with FANFARE_PUBLISH_KEY (or FANFARE_INSECURE_OPEN=true) only.
ENV FANFARE_HOST=0.0.0.0
EXPOSE 8000
USER 65532:65532
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/usr/local/bin/fanfare", "health"]
ENTRYPOINT ["/usr/local/bin/fanfare"]
