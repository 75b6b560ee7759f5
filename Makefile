.PHONY: format check test docs demo bench web

format:
	ruff format src tests examples benchmarks
	ruff check --fix src tests examples benchmarks

check:
	ruff format --check src tests examples benchmarks
	ruff check src tests examples benchmarks
	mypy
	lint-imports
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict

test:
	pytest -n auto

demo:
	crossglg demo

docs:
	NO_MKDOCS_2_WARNING=1 mkdocs build --strict

# The page of crossglg serve; needs Node, which users do not. The same sources give the same files.
web:
	cd web && npm ci && npm run check && npm run build
