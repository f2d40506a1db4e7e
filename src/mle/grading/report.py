from pathlib import Path


def table_of(graded, course, module):
    from rich.table import Table

    t = Table("learner", "points", "notes")
    for g in graded:
        t.add_row(g.student, f"{g.points:g}", "; ".join(g.notes))
    return t


def write_report(course, module):
    return Path("x")
