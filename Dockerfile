FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY gunicorn.conf.py Procfile ./
COPY digitpad digitpad
RUN useradd --create-home digitpad
USER digitpad
EXPOSE 8000
CMD ["gunicorn", "digitpad.web:create_app()"]
