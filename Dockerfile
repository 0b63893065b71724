# docker build -t digits . && docker run --rm -p 7860:7860 digits
FROM python:3.11-slim

# The server does not run as root and cannot change the program's files.
RUN useradd --create-home visitor
WORKDIR /digits
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY demo.py train.py ./
COPY assets assets
COPY model model
COPY web web

USER visitor
EXPOSE 7860
HEALTHCHECK --start-period=60s CMD python -c "from urllib.request import urlopen; urlopen('http://127.0.0.1:7860/health')"
CMD ["python", "demo.py", "--host", "0.0.0.0", "--port", "7860"]
