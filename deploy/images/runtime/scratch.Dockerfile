# The same image without a registry: `deploy/images/build.ts` makes BASE (see ../base/Dockerfile) and then this.
ARG BASE
FROM ${BASE}
COPY *.mjs /app/
USER 10001:10001
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/node", "/app/server.mjs"]
# What differs between two releases comes last, so that they share all that is above.
ARG VERSION=development
LABEL org.opencontainers.image.title="Tenantry reference runtime" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production VERSION="${VERSION}"
