"""Which of a lesson's given cells a grade needs: those whose names its checks or a learner's code come to use.

A lesson shows more than its checks ask for. Going backwards from the checks and the learner's code, a given cell is kept
where it binds or changes a name that something kept after it reads; a demonstration, which no check needs, where a
learner's code reads a name of it: what their notebook holds is theirs to use. Names are found in the text (`symtable` knows
the scopes); `mle prove` runs every answer of the course on what is kept, so that a cell left out wrongly would be seen.
"""

from __future__ import annotations

import ast
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from mle.authoring.lesson import Lesson, without_magics

DYNAMIC = re.compile(r"\b(globals|locals|vars|eval|exec|get_ipython|__main__|dir)\b|^[ \t]*[%!]", re.M)
"""Code that may use any name without naming it."""
LONGEST = 100_000
"""Characters of a learner's cell beyond which it is not looked into."""
HARMLESS = {"print", "display", "plt", "check"}
"""What a statement calls that changes none of its arguments."""


@dataclass(frozen=True)
class Flow:
    """What a cell does with global names."""

    reads: frozenset[str]
    binds: frozenset[str]
    """Bound whatever happens."""
    touches: frozenset[str]
    """Perhaps bound, or changed in place."""
    later: frozenset[str]
    """Read by the functions that it defines, whenever they are called."""
    asks: frozenset[str]
    """Read, and not as the variable of a loop of its own, which is bound before it is read."""


@lru_cache(maxsize=4096)
def flow_of(source: str) -> Flow:
    """The flow of a cell. Raises SyntaxError where it is no Python."""
    reads: set[str] = set()
    binds: set[str] = set()
    touches: set[str] = set()
    later: set[str] = set()
    asks: set[str] = set()
    for statement in ast.parse(without_magics(source)).body:
        table = symtable.symtable(ast.unparse(statement), "<cell>", "exec")
        read = _global_reads(table)
        bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
        reads |= read - binds
        own = _names(statement.target) - _names(statement.iter) if isinstance(statement, ast.For) else set()
        asks |= read - binds - own
        touches |= bound | (_changed(statement) & read)
        for child in table.get_children():
            later |= _global_reads(child)
            touches |= _global_writes(child)
        if isinstance(
            statement, (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
        ):
            binds |= bound
    return Flow(frozenset(reads), frozenset(binds), frozenset(touches), frozenset(later), frozenset(asks))


def needed(lesson: Lesson, learner: Iterable[str]) -> set[int]:
    """The positions of the given cells that the checks and the learner's cells (their sources) need."""
    given = [i for i, cell in enumerate(lesson.cells) if cell.needed and not cell.get("exercise")]
    wanted: set[str] = set()
    named: set[str] = set()  # what the learner's cells read, and the demonstrations kept for them
    unsure = False  # whether a learner's cell may use any name
    for source in learner:
        try:
            if len(source) > LONGEST:
                raise ValueError("too long to look into")
            flow = flow_of(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):  # the learner's cell says so when it runs
            unsure = True
            continue
        unsure |= bool(DYNAMIC.search(source))
        wanted |= flow.reads | flow.touches
        named |= flow.asks
    demonstrations = _demonstrations(lesson, named)
    if unsure:
        return {*given, *demonstrations}
    always, kept = set(wanted), set(given[:1])  # the first one sets things up: imports, settings
    for position in range(len(lesson.cells) - 1, -1, -1):
        cell = lesson.cells[position]
        if cell.get("check"):
            wanted |= flow_of(cell.source).reads
        elif position in demonstrations or (cell.needed and not cell.get("exercise")):
            flow = flow_of(cell.source)
            if position in kept or position in demonstrations or flow.touches & wanted:
                kept.add(position)
                wanted = (wanted - flow.binds) | flow.reads | always
    return kept


def _demonstrations(lesson: Lesson, named: set[str]) -> set[int]:
    """The positions of the cells marked `demo` that bind one of the names, or one that these read."""
    found, named = set(), set(named)
    for position in range(len(lesson.cells) - 1, -1, -1):
        cell = lesson.cells[position]
        if cell.get("demo") and cell.kind == "code":
            table = symtable.symtable(without_magics(cell.source), "<cell>", "exec")
            if named & {s.get_name() for s in table.get_symbols() if s.is_assigned()}:
                found.add(position)
                named |= flow_of(cell.source).asks
    return found


def ready(lesson: Lesson, learner: Iterable[str]) -> set[int]:
    """The positions of the cells marked `ahead` that run no differently after the learner's cells (their sources)."""
    disturbed: set[str] = set()
    try:
        for source in learner:
            if len(source) > LONGEST or DYNAMIC.search(source):
                return set()
            disturbed |= flow_of(source).touches
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    found = set()
    for position, cell in enumerate(lesson.cells):
        if cell.needed and not cell.get("exercise"):
            flow = flow_of(cell.source)
            if (flow.reads | flow.later) & disturbed:  # so is what a function of the course's own comes to read
                disturbed |= flow.touches
            elif cell.get("ahead"):
                found.add(position)
    return found


def ahead_problems(lesson: Lesson) -> list[str]:
    """Why cells marked `ahead` may not run before the learner's work; one line for each problem.

    Such a cell may read what given cells before the first exercise and other cells ahead bind, as long as nothing between
    touches it, and may change nothing that it does not bind itself; what is imported counts as unchanging.
    """
    problems = []
    start = min((e.position for e in lesson.exercises), default=len(lesson.cells))
    imported = flow_of(lesson.imports).binds
    unsure: set[str] = set()  # names as the learner's work, or a cell that waits for it, leaves them
    known: set[str] = set()
    behind: dict[str, frozenset[str]] = {}  # a name → what the functions of its cell read
    for position, cell in enumerate(lesson.cells):
        if not (cell.needed or cell.get("ahead")):
            continue
        flow, at = flow_of(cell.source), f"{lesson.path}:{cell.line}: ahead"
        if cell.get("ahead"):
            if not cell.needed or cell.get("exercise") or position < start or lesson.fork_unsafe:
                problems.append(f"{at} marks a given cell after the first exercise, of a lesson without TensorFlow")
            reach = flow.reads | flow.later
            while more := frozenset().union(*(behind.get(name, reach) for name in reach)) - reach:
                reach |= more
            if late := reach & unsure:
                problems.append(
                    f"{at}: the cell reads {', '.join(sorted(late))}, which is not known before the learner's work"
                )
            if changed := (flow.touches - flow.binds - imported) & (known | unsure):
                problems.append(f"{at}: the cell changes {', '.join(sorted(changed))}, which others have before")
            known |= flow.touches
            unsure -= flow.binds
        elif position < start:
            known |= flow.touches
        else:
            unsure |= flow.touches - imported
        behind |= dict.fromkeys(flow.binds, flow.later)
    return problems


def _global_reads(table: symtable.SymbolTable) -> set[str]:
    """The global names that a scope and the scopes in it read."""
    module = table.get_type() == "module"
    found = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (module or s.is_global())}
    return found.union(*(_global_reads(child) for child in table.get_children()))


def _global_writes(table: symtable.SymbolTable) -> set[str]:
    """The names that a scope and the scopes in it declare global and bind."""
    found = {s.get_name() for s in table.get_symbols() if s.is_declared_global() and s.is_assigned()}
    return found.union(*(_global_writes(child) for child in table.get_children()))


def _changed(statement: ast.stmt) -> set[str]:
    """The names whose objects a statement may change in place: assigned into, deleted from, or called without a result."""
    changed: set[str | None] = set()
    for node in ast.walk(statement):
        if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, (ast.Store, ast.Del)):
            changed.add(_root(node))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _root(node.value) not in HARMLESS:
            call = node.value
            changed |= {_root(part) for part in [call.func, *call.args, *(k.value for k in call.keywords)]}
    return {name for name in changed if name}


def _names(node: ast.expr) -> set[str]:
    """The names in an expression."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _root(node: ast.expr) -> str | None:
    """The name that an expression of dots, brackets and calls starts from."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None
