"""Long work with a row of its own: its progress, its owner's right to see and stop it, its revival after a crash.

job = start_job(kind="price_lists.import", task="price_lists.import", kwargs={"run_id": run.pk},
                queue="imports", owner=f"user:{user.pk}", subject=f"import_run:{run.pk}")

@shared_task(name="price_lists.import")
def import_price_list(*, job_id: str, run_id: int, **_):
    with work_on(job_id) as work:          # None if somebody else works on it or it is over
        if work:
            services.apply(run_id=run_id, report=work.progress)
"""
