"""PostgreSQL, Redis and OpenSearch as processes of one's own, without containers: for development, tests and CI."""
