# heyu2mqtt in a container: heyu and its serial port stay outside, its log directory is mounted (docs/install.md).
# The files are those of the Debian package: both are made by systemd/stage.sh.

FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
ARG SOURCE_DATE_EPOCH=0
RUN systemd/stage.sh /usr/lib/heyu2mqtt

FROM node:24-bookworm-slim
ENV NODE_ENV=production CACHE_DIRECTORY=/var/cache/heyu2mqtt
COPY --from=build /usr/lib/heyu2mqtt /usr/lib/heyu2mqtt
RUN printf '#!/bin/sh\nexec node /usr/lib/heyu2mqtt/dist/main.js "$@"\n' > /usr/local/bin/heyu2mqtt \
  && chmod 755 /usr/local/bin/heyu2mqtt \
  && install -d -o node -g node -m 0700 /var/lib/heyu2mqtt /var/cache/heyu2mqtt
# user 1000 of the base image
USER node
VOLUME /var/lib/heyu2mqtt
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=20s --start-period=30s \
  CMD ["heyu2mqtt", "check", "--quick", "--config", "/etc/heyu2mqtt/config.yaml"]
ENTRYPOINT ["heyu2mqtt"]
CMD ["run", "--config", "/etc/heyu2mqtt/config.yaml"]
