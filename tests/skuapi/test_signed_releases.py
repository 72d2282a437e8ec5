"""A service that demands signatures refuses what has none, and says so; signed, it answers at once."""

from modelstore.signatures import new_key
from tests.skuapi.conftest import OtherEdge


def test_a_release_answers_once_it_is_signed(other_edge: OtherEdge) -> None:
    with other_edge(RELEASE_SIGNING_KEY=new_key()[0]) as edge:
        refused = edge.predict()
        assert (refused.status_code, refused.json()["code"]) == (503, "model_refused")
        edge.site.manage("sign_releases", "TINY/ONE@1")
        assert edge.predict().status_code == 200
