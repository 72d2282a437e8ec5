# One process per accelerator; data (database, models, demo secrets) in /data.
#   docker build -t skuapi . && docker run -p 8000:8000 -v skuapi:/data --env-file .env skuapi
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 DATA_DIR=/data HOST=0.0.0.0 PORT=8000
WORKDIR /app

COPY requirements.txt .
# ultralytics asks for an OpenCV that needs a desktop's libraries; the same version without them takes its place.
RUN pip install -r requirements.txt \
 && pip install --force-reinstall --no-deps opencv-python-headless==5.0.0.93

COPY . .
RUN useradd --system --home /data skuapi && mkdir -p /data && chown skuapi /data
USER skuapi
VOLUME /data
EXPOSE 8000

# SECRET_KEY, API_KEY_PEPPERS and ALLOWED_HOSTS come from the environment: see docs/operating.md.
CMD ["sh", "-c", "python manage.py migrate && exec gunicorn -c skuapi/gunicorn_conf.py skuapi.wsgi"]
