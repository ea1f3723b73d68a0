# The site with its worker in one container: locked packages, no compiler, no root.
FROM python:3.11-slim AS build
COPY --from=node:24-slim /usr/local/bin/node /usr/local/bin/node
COPY --from=node:24-slim /usr/local/lib/node_modules /usr/local/lib/node_modules
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm \
    && pip install --no-cache-dir uv
WORKDIR /app
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --no-install-project
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund
COPY . .
# The secrets are for this step alone: collecting files signs nothing and sends nothing.
RUN .venv/bin/python locale/compile.py \
    && DJANGO_SETTINGS_MODULE=marketplace.settings.prod RYAD_VAR=/build RYAD_SECRET_KEY=build RYAD_ALLOWED_HOSTS=build \
       RYAD_MAIL_HOST=build .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 ryad && install --directory --owner ryad /data
WORKDIR /app
COPY --from=build /app /app
COPY --from=build /build/static /app/static_collected
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=marketplace.settings.prod RYAD_VAR=/data
USER ryad
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "manage.py", "serve", "--check"]
# The collected files are part of the image, the data folder is a volume: refresh the copy that the volume holds.
CMD ["sh", "-c", "rm -rf /data/static && cp -r /app/static_collected /data/static && exec python manage.py serve --host 0.0.0.0 --port 8000"]
