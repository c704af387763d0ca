# The service. What it needs is pinned by hash in requirements.lock; the code runs from where it lies.
FROM python:3.11-slim
RUN useradd --uid 10001 --create-home creditgraph && mkdir /data /keys && chown creditgraph: /data /keys
WORKDIR /app
COPY requirements.lock ./
RUN python -m pip install --no-cache-dir --no-deps --require-hashes -r requirements.lock
COPY graph ./graph
COPY nlp ./nlp
COPY ingest ./ingest
COPY api ./api
USER creditgraph
ENV CREDITGRAPH_HOME=/data CREDITGRAPH_MASTER_KEY=/keys/master.key PYTHONDONTWRITEBYTECODE=1
ENTRYPOINT ["python", "-m", "api.cli"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
