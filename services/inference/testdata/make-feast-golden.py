"""Writes feast-golden.json: what a Feast server answers, request by request.

    pip install feast==0.67.0 httpx
    python make-feast-golden.py
"""

import json
import os
import tempfile
from datetime import datetime, timedelta, timezone

import pandas as pd
from fastapi.testclient import TestClient
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, RepoConfig, ValueType
from feast.feature_server import get_app
from feast.types import Bool, Float64, Int64, String

HERE = os.path.dirname(os.path.abspath(__file__))
MORNING = datetime(2026, 1, 5, 8, 30, tzinfo=timezone.utc)


def rows():
    return pd.DataFrame(
        {
            "driver_id": [1001, 1002, 1003],
            "trips": [12, 7, None],
            "rating": [4.25, float("nan"), 3.5],
            "city": ["Bern", None, "Genf"],
            "active": [True, False, None],
            "event_timestamp": [MORNING, MORNING + timedelta(hours=1), MORNING - timedelta(days=3)],
            "created": [MORNING] * 3,
        }
    ).astype({"trips": "Int64", "active": "boolean"})


def store_in(folder):
    path = os.path.join(folder, "drivers.parquet")
    rows().to_parquet(path)
    config = RepoConfig(
        project="golden",
        provider="local",
        registry=os.path.join(folder, "registry.db"),
        online_store={"type": "sqlite", "path": os.path.join(folder, "online.db")},
        entity_key_serialization_version=3,
    )
    store = FeatureStore(config=config)
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    fields = [("trips", Int64), ("rating", Float64), ("city", String), ("active", Bool)]
    view = FeatureView(
        name="driver_stats",
        entities=[driver],
        ttl=timedelta(days=36500),
        schema=[Field(name="driver_id", dtype=Int64)] + [Field(name=name, dtype=dtype) for name, dtype in fields],
        source=FileSource(path=path, timestamp_field="event_timestamp", created_timestamp_column="created"),
    )
    store.apply([driver, view, FeatureService(name="risk", features=[view])])
    store.write_to_online_store("driver_stats", df=rows())
    return store


REQUESTS = [
    {
        "features": ["driver_stats:trips", "driver_stats:city"],
        "entities": {"driver_id": [1001, 1002, 9999, 1001]},
        "full_feature_names": True,
        "include_feature_view_version_metadata": True,
    },
    {
        "feature_service": "risk",
        "entities": {"driver_id": [1001, 1002, 1003, 9999]},
        "full_feature_names": False,
        "include_feature_view_version_metadata": True,
    },
    {"features": ["driver_stats:nothing"], "entities": {"driver_id": [1001]}, "full_feature_names": True},
    {"feature_service": "nobody", "entities": {"driver_id": [1001]}},
    {"feature_service": "risk", "entities": {"nothing": [1]}},
]


def main():
    with tempfile.TemporaryDirectory() as folder:
        client = TestClient(get_app(store_in(folder)), raise_server_exceptions=False)
        exchanges = []
        for request in REQUESTS:
            answer = client.post("/get-online-features", json=request)
            try:
                body = answer.json()
            except ValueError:
                body = answer.text
            exchanges.append({"request": request, "status": answer.status_code, "answer": body})
    with open(os.path.join(HERE, "feast-golden.json"), "w") as file:
        json.dump(exchanges, file, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
