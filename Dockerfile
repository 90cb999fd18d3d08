# docker build -t soyle .                       CPU
# docker build -t soyle --build-arg CUDA=1 .    with onnxruntime's CUDA execution provider (amd64)
ARG CUDA=0

FROM node:22-bookworm-slim AS base-0

# onnxruntime 1.30 is built against CUDA 12 and cuDNN 9, which this base brings; Node.js comes from the other one.
FROM nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04 AS base-1
COPY --from=base-0 /usr/local/bin/ /usr/local/bin/
COPY --from=base-0 /usr/local/lib/node_modules/ /usr/local/lib/node_modules/

FROM base-${CUDA}
ARG CUDA
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
# Sound comes in pieces of a megabyte; by default the holes they leave in glibc's heap stay with the process.
ENV MALLOC_MMAP_THRESHOLD_=131072
WORKDIR /app
RUN chown 1000:1000 /app
# Whoever installs must be who runs: the ffprobe of npm is executable for its owner alone.
USER 1000:1000
COPY --chown=1000:1000 package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force
RUN if [ "$CUDA" = 1 ]; then \
      node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12 \
      && test -e node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so; \
    fi
COPY --chown=1000:1000 . .
VOLUME /app/outputs
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--import", "tsx", "src/main.ts"]
