"""The path of a request below the path at which the page is served."""


def route_path(scope) -> str:
    """Return the path of an ASGI request without the application's own path, such as /health for /digits/health.

    The own path is scope["root_path"]. It is part of scope["path"] if another application forwards the request, or
    with `uvicorn --root-path`. It is not part of it if a proxy has removed it.
    """
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path
