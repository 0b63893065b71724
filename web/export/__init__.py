"""The static site: the page and the network as files that any host can serve, without a server of this project."""
