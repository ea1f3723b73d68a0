# One image for the site, its workers and the schedule: locked packages, no compiler, no root.
FROM node:24-trixie-slim AS node

FROM python:3.11-slim-trixie AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
RUN .venv/bin/python locale/compile.py
# The secrets are for this step alone: collecting files signs nothing and sends nothing.
RUN DJANGO_SETTINGS_MODULE=marketplace.settings.prod RYAD_VAR=/build RYAD_SECRET_KEY=build RYAD_ALLOWED_HOSTS=build \
    RYAD_MAIL_HOST=build .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim-trixie
# postgresql-client: `manage.py backup` and `restore`; of the version of the server in docker-compose.yml.
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 ryad && install --directory --owner ryad /data /data/tmp
WORKDIR /app
COPY --from=build /app /app
COPY --from=build /build/static /app/static_collected
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=marketplace.settings.prod \
    RYAD_VAR=/data RYAD_STATIC_ROOT=/app/static_collected
USER ryad
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "manage.py", "serve", "--check"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
