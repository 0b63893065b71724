"""The page on several machines, by Ray Serve (`pip install "ray[serve]"`): serve run web.cluster:page"""

from ray import serve

import demo

REPLICAS = 2


@serve.deployment(num_replicas=REPLICAS)
@serve.ingress(demo.app)
class Page:
    """Each replica is the whole page: nothing is held between two requests, so that any may answer any."""


page = Page.bind()
