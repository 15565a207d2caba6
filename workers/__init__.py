"""Motion: Celery app, thin tasks, leases, the pipeline, the embedded stack."""
