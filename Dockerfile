# One image, many commands: `python -m web`, `python -m workers.app`, `python -m workers.beat`,
# `shardgate …`. Build it with: docker build -t shardgate:0.1.0 .
FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /opt/shardgate \
    && /opt/shardgate/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN /opt/shardgate/bin/pip install --no-cache-dir --no-build-isolation --no-deps .

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/shardgate shardgate \
    && for part in mirrors lake keys signing audit reports cache run scans shards-releasable shards-internal-only; \
       do install -d -m 0700 -o shardgate -g shardgate "/var/lib/shardgate/$part"; done
COPY --from=build /opt/shardgate /opt/shardgate
ENV PATH=/opt/shardgate/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SHARDGATE_HOME=/var/lib/shardgate
WORKDIR /var/lib/shardgate
USER 10001:10001
STOPSIGNAL SIGTERM
CMD ["shardgate", "--help"]
