"""Wrong versions of a reference solution, one small change each: a sound check rejects them.

General operators (comparison, arithmetic, constants, words, conditions, deleted statements) in the manner of mutation testing
(DeMillo, Lipton and Sayward 1978), and those of machine learning: sum for mean, another axis, a dropped `zero_grad`,
`eval`, `no_grad`, `detach` or copy, a scaled initialisation, train and test swapped, a dropped keyword argument.
"""

from __future__ import annotations

import ast
import copy
import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mle.authoring.lesson import SOLUTION

VERSION = 3
"""Raised when the operators change, so that committed tables are known to be stale."""


@dataclass(frozen=True)
class Mutant:
    """A changed exercise cell; `name` shows the changed lines as "- old | + new"."""

    name: str
    source: str


Swap = Callable[[ast.AST], Iterator[ast.AST | None]]  # replacements of a node; None deletes a statement

COMPARE = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
           ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Div,
              ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}  # fmt: skip
TWINS = [("sum", "mean"), ("min", "max"), ("argmin", "argmax"), ("minimum", "maximum"), ("zeros", "ones"), ("any", "all"),
         ("zeros_like", "ones_like"), ("std", "var"), ("floor", "ceil"), ("train", "eval"), ("hstack", "vstack"),
         ("cumsum", "cumprod"), ("fit_transform", "transform"), ("idxmin", "idxmax"), ("before", "after"),
         ("reduce_sum", "reduce_mean"), ("expanding", "rolling"), ("log", "log1p"), ("exp", "expm1")]  # fmt: skip
TWIN = {a: b for pair in TWINS for a, b in (pair, pair[::-1])}
DROPPED = {"detach", "copy", "clone", "deepcopy", "eval", "sigmoid", "relu", "shuffle", "sort_values", "abs", "squeeze"}
DRAWS = {"normal", "randn", "uniform", "standard_normal", "normal_", "rand"}
PARTS = [("train", "test"), ("train", "valid"), ("low", "high"), ("first", "last")]


def mutants_of(source: str) -> list[Mutant]:
    """Every mutant of the solution regions of an exercise's cell, no two alike."""
    tree = ast.parse(source)
    spans = [
        (source[: m.start()].count("\n") + 1, source[: m.end()].count("\n") + 1) for m in SOLUTION.finditer(source)
    ]
    before = ast.unparse(tree)
    found: dict[str, Mutant] = {}
    for path in list(_paths(tree)):
        node = _at(tree, path)
        line = _line(tree, path)
        if not any(first <= line <= last for first, last in spans):
            continue
        for changed in _changes(tree, path, node, before):
            try:
                after = ast.unparse(ast.fix_missing_locations(changed))
                compile(after, "<mutant>", "exec")
            except (SyntaxError, ValueError):
                continue
            if after != before and after not in found:
                found[after] = Mutant(_name(before, after), after)
    return _numbered(found.values())


def _changes(tree: ast.Module, path: tuple, node: ast.AST, whole: str) -> Iterator[ast.Module]:
    """Copies of the tree, each with one change at `path`."""
    for replacement in _replacements(node, whole):
        changed = copy.deepcopy(tree)
        _put(changed, path, replacement)
        yield changed
    field, index = path[-1]
    siblings = getattr(_at(tree, path[:-1]), field)
    if index is not None and index + 1 < len(siblings) and _ordered(field, node, siblings[index + 1], tree, path):
        changed = copy.deepcopy(tree)
        row = getattr(_at(changed, path[:-1]), field)
        row[index], row[index + 1] = row[index + 1], row[index]
        yield changed


def _ordered(field: str, node: ast.AST, after: ast.AST, tree: ast.Module, path: tuple) -> bool:
    """Whether swapping two neighbours is a mistake a person makes: two calls in turn, two entries of a list."""
    if field in ("body", "orelse"):
        return all(isinstance(n, ast.Expr) and isinstance(n.value, ast.Call) for n in (node, after))
    return field == "elts" and isinstance(_at(tree, path[:-1]), ast.List) and ast.dump(node) != ast.dump(after)


def _paths(node: ast.AST, path: tuple = ()) -> Iterator[tuple]:
    for field, value in ast.iter_fields(node):
        for index, child in enumerate(value if isinstance(value, list) else [value]):
            if isinstance(child, ast.AST):
                here = (*path, (field, index if isinstance(value, list) else None))
                yield here
                yield from _paths(child, here)


def _line(tree: ast.AST, path: tuple) -> int:
    """The line of the node, or of the nearest one around it that has one (a comprehension's `for` has none)."""
    lines = [getattr(_at(tree, path[:n]), "lineno", None) for n in range(len(path), 0, -1)]
    return next((line for line in lines if line is not None), 0)


def _at(tree: ast.AST, path: tuple) -> ast.AST:
    for field, index in path:
        tree = getattr(tree, field) if index is None else getattr(tree, field)[index]
    return tree


def _put(tree: ast.AST, path: tuple, replacement: ast.AST | list | None) -> None:
    parent = _at(tree, path[:-1])
    field, index = path[-1]
    if index is None:
        setattr(parent, field, replacement)
    elif replacement is None or isinstance(replacement, list):
        body = getattr(parent, field)
        body[index : index + 1] = replacement or ([ast.Pass()] if len(body) == 1 else [])
    else:
        getattr(parent, field)[index] = replacement


def _replacements(node: ast.AST, whole: str) -> Iterator:
    """What may stand in the node's place: nodes, a list of statements, or None for nothing."""
    for operator in (_operators, _constants, _words, _statements, _calls, _names, _subscripts):
        yield from operator(node, whole)


def _with(node: ast.AST, **changes) -> ast.AST:
    out = copy.deepcopy(node)
    for field, value in changes.items():
        setattr(out, field, value)
    return out


def _operators(node: ast.AST, whole: str) -> Iterator:
    match node:
        case ast.Compare(ops=[op]) if type(op) in COMPARE:
            yield _with(node, ops=[COMPARE[type(op)]()])
            if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                yield (
                    ast.UnaryOp(ast.Not(), copy.deepcopy(node))
                    if not _elementwise(node)
                    else _with(
                        node, ops=[{ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}[type(op)]()]
                    )
                )
        case ast.BinOp(op=op) if type(op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(op)]())
        case ast.AugAssign(op=op) if type(op) in ARITHMETIC:
            yield _with(node, op=ARITHMETIC[type(op)]())
            yield ast.Assign(targets=[copy.deepcopy(node.target)], value=copy.deepcopy(node.value), lineno=node.lineno)
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield copy.deepcopy(node.operand)
        case ast.IfExp():
            yield _with(node, test=ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))


def _elementwise(node: ast.Compare) -> bool:
    """Comparisons of arrays do not take `not`; a comparison with a bare number or len() does."""
    return not all(isinstance(n, (ast.Constant, ast.Name, ast.Call, ast.Compare, ast.Load, ast.cmpop, ast.Attribute))
                   for n in ast.walk(node))  # fmt: skip


def _constants(node: ast.AST, whole: str) -> Iterator:
    match node:
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
            if value > 0:
                yield ast.Constant(value - 1)
        case ast.Constant(value=float() as value):
            yield ast.Constant(value * 2 if value else 1.0)


def _words(node: ast.AST, whole: str) -> Iterator:
    """A text in a dict, as structured answers hold them, gives way to its neighbours among the dict's other texts."""
    if not isinstance(node, ast.Dict):
        return
    words = sorted({v.value for v in node.values if isinstance(v, ast.Constant) and isinstance(v.value, str)})
    for index, value in enumerate(node.values):
        if isinstance(value, ast.Constant) and value.value in words:
            place = words.index(value.value)
            for other in sorted({words[place - 1], words[(place + 1) % len(words)]} - {value.value}):
                yield _with(node, values=[*node.values[:index], ast.Constant(other), *node.values[index + 1 :]])


def _statements(node: ast.AST, whole: str) -> Iterator:
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Expr() | ast.Raise() | ast.AugAssign() | ast.Assign(targets=[ast.Subscript() | ast.Attribute()]):
            yield None
        case ast.Break() | ast.Continue():
            yield ast.Pass()
        case ast.If():
            yield _with(node, test=ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))
            yield copy.deepcopy(node.body)
            yield copy.deepcopy(node.orelse) or None
        case ast.With():
            yield copy.deepcopy(node.body)
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield _with(node, value=ast.Constant(None))
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])


def _calls(node: ast.AST, whole: str) -> Iterator:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield _with(node, keywords=[k for i, k in enumerate(node.keywords) if i != index])
        if keyword.arg in ("axis", "dim") and isinstance(keyword.value, ast.Constant) and keyword.value.value in (0, 1):
            other = ast.keyword(keyword.arg, ast.Constant(1 - keyword.value.value))
            yield _with(node, keywords=[other if i == index else k for i, k in enumerate(node.keywords)])
    if len(node.args) >= 2 and not any(isinstance(a, ast.Starred) for a in node.args[:2]):
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    if name in TWIN:
        func = _with(node.func, attr=TWIN[name]) if isinstance(node.func, ast.Attribute) else ast.Name(TWIN[name])
        yield _with(node, func=func)
    if name in DROPPED:
        if isinstance(node.func, ast.Attribute) and not node.args:
            yield copy.deepcopy(node.func.value)
        elif len(node.args) == 1:
            yield copy.deepcopy(node.args[0])
    if name in DRAWS and not name.endswith("_"):
        yield ast.BinOp(ast.Constant(2), ast.Mult(), copy.deepcopy(node))
    if name == "range" and len(node.args) == 1:
        yield _with(node, args=[ast.BinOp(copy.deepcopy(node.args[0]), ast.Sub(), ast.Constant(1))])


def _names(node: ast.AST, whole: str) -> Iterator:
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            for one, other in [pair for p in PARTS for pair in (p, p[::-1])]:
                twin = re.sub(rf"(^|_){one}($|_)", rf"\g<1>{other}\g<2>", name)
                if twin != name and re.search(rf"\b{twin}\b", whole):
                    yield ast.Name(twin, ast.Load())
        case ast.Attribute(attr="T", value=value):
            yield copy.deepcopy(value)


def _subscripts(node: ast.AST, whole: str) -> Iterator:
    match node:
        case ast.Slice(lower=lower, upper=upper) if lower is not None or upper is not None:
            if upper is not None and not isinstance(upper, ast.Constant):
                yield _with(node, upper=ast.BinOp(copy.deepcopy(upper), ast.Sub(), ast.Constant(1)))
            if lower is not None:
                yield _with(node, lower=None)
            if upper is not None:
                yield _with(node, upper=None)
        case ast.Subscript(ctx=ast.Load(), slice=ast.Name() | ast.BinOp() as index):
            yield _with(node, slice=ast.BinOp(copy.deepcopy(index), ast.Add(), ast.Constant(1)))


def _name(before: str, after: str) -> str:
    lines = [
        f"{line[0]} {line[1:].strip()}"
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        if line[0] in "+-" and not line.startswith(("+++", "---"))
    ]
    return " | ".join(lines)


def _numbered(mutants) -> list[Mutant]:
    seen: dict[str, int] = {}
    out = []
    for mutant in mutants:
        seen[mutant.name] = seen.get(mutant.name, 0) + 1
        count = seen[mutant.name]
        out.append(mutant if count == 1 else Mutant(f"{mutant.name} ({count})", mutant.source))
    return out
