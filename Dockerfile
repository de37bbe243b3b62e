# Build: the whole tree, its tools, nothing of it ships.
FROM debian:12-slim AS build
WORKDIR /src
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
	gcc make libc6-dev pkg-config libcurl4-openssl-dev libjansson-dev \
	libpq-dev libssl-dev libidn2-dev libmicrohttpd-dev libical-dev \
	zlib1g-dev libgmime-3.0-dev libxml2-dev libzip-dev libcsv-dev \
	&& rm -rf /var/lib/apt/lists/*
COPY . .
# The packages are there: only what they are for remains to be done.
RUN make -j"$(nproc)" build/release/sluice build/release/sluice-emulator

# The emulator, for `docker-compose --profile demo` alone.
FROM debian:12-slim AS emulator
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
	libmicrohttpd12 libjansson4 libssl3 zlib1g \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sluice
COPY --from=build /src/build/release/sluice-emulator /usr/local/bin/
USER sluice
ENTRYPOINT ["/usr/local/bin/sluice-emulator"]

# Runtime: one binary and the libraries that it uses.
FROM debian:12-slim AS sluice
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends \
	ca-certificates libcurl4 libjansson4 libpq5 libssl3 libidn2-0 \
	libmicrohttpd12 libical3 libgmime-3.0-0 libxml2 libzip4 \
	libcsv3 tzdata \
	&& rm -rf /var/lib/apt/lists/* \
	&& useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sluice
COPY --from=build /src/build/release/sluice /usr/local/bin/sluice
USER sluice
HEALTHCHECK NONE
ENTRYPOINT ["/usr/local/bin/sluice"]

# For `docker-compose --profile demo`: a person's browser is played by curl.
FROM sluice AS demo
USER root
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends curl \
	&& rm -rf /var/lib/apt/lists/*
USER sluice

# What `docker build .` makes.
FROM sluice
