# docker build -t mediseg .                                           on the CPU
# docker build -t mediseg --build-arg MEDISEG_ACCELERATOR=cuda .      with the CUDA packages; then also
#              --build-arg MEDISEG_RUNTIME=IMAGE                             a base image with ASP.NET 10, CUDA 12 and cuDNN 9 and the user $APP_UID,
#                                                                        else the service falls back to the CPU
# docker build -t mediseg --build-arg SOURCE_REVISION=$(git rev-parse HEAD) .   so that reports name the commit
# docker run --read-only --tmpfs /tmp -v mediseg-data:/data -p 8080:8080 mediseg
ARG MEDISEG_RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
ARG MEDISEG_ACCELERATOR=cpu
ARG SOURCE_REVISION=
# CI=true: restore exactly what the lock files say.
ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 CI=true
WORKDIR /src

# Packages first: this layer is kept until a dependency changes.
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig BannedSymbols.txt ./
COPY build/ build/
COPY MedISeg.Imaging/MedISeg.Imaging.csproj MedISeg.Imaging/packages.cpu.lock.json MedISeg.Imaging/
COPY MedISeg.Decoder/MedISeg.Decoder.csproj MedISeg.Decoder/packages.cpu.lock.json MedISeg.Decoder/
COPY MedISeg.Dicom/MedISeg.Dicom.csproj MedISeg.Dicom/packages.cpu.lock.json MedISeg.Dicom/
COPY MedISeg.Inference/MedISeg.Inference.csproj MedISeg.Inference/packages.cpu.lock.json MedISeg.Inference/
COPY MedISeg.Api/MedISeg.Api.csproj MedISeg.Api/packages.cpu.lock.json MedISeg.Api/
RUN dotnet restore MedISeg.Api/MedISeg.Api.csproj -p:MedISegAccelerator=${MEDISEG_ACCELERATOR}

COPY docs/schemas/ docs/schemas/
COPY MedISeg.Imaging/ MedISeg.Imaging/
COPY MedISeg.Decoder/ MedISeg.Decoder/
COPY MedISeg.Dicom/ MedISeg.Dicom/
COPY MedISeg.Inference/ MedISeg.Inference/
COPY MedISeg.Api/ MedISeg.Api/
RUN ./build/publish-api.sh /app ${MEDISEG_ACCELERATOR} ${SOURCE_REVISION}

FROM ${MEDISEG_RUNTIME}
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopenjp2-7 libcharls2 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app ./
COPY models/ models/
COPY build/healthcheck.sh ./
# Jobs and temporary files lie in the volume; the rest of the image is only read.
RUN mkdir /data && chown "$APP_UID" /data
VOLUME /data
ENV ASPNETCORE_URLS=http://0.0.0.0:8080 \
    Data__Root=/data/jobs \
    Models__Root=/app/models \
    TMPDIR=/data \
    DOTNET_EnableDiagnostics=0
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["bash", "/app/healthcheck.sh", "8080"]
ENTRYPOINT ["dotnet", "MedISeg.Api.dll"]
