"""The path of a request below the path at which the page is served."""


def route_path(scope) -> str:
    """Return the path of an ASGI request without the application's own path, such as /health for /digits/health.

    The own path is scope["root_path"]. scope["path"] starts with it, unless a proxy has removed it.
    """
    path, root = scope["path"], scope.get("root_path", "").rstrip("/")
    return path.removeprefix(root) or "/" if path == root or path.startswith(f"{root}/") else path
