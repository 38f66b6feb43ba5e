"""x"""
from tests.village import *
def test_a(town):
    town.arrive()
def test_b(client, signed_in):
    r = client.get("/api/v1/arrivals", headers=signed_in(ZHAO))
    assert r.status_code==200
def test_c(henan):
    henan.at_risk()
    henan.arrive()
