# Debian's Orthanc with its DICOMweb plugin: the versions that the tests of MedISeg run against. Compose mounts its settings.
FROM debian:12.11-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends curl orthanc orthanc-dicomweb \
    && rm -rf /var/lib/apt/lists/*
VOLUME /var/lib/orthanc
USER orthanc
EXPOSE 8042
ENTRYPOINT ["/usr/sbin/Orthanc", "/run/secrets/orthanc.json"]
