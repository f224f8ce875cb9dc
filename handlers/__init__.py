"""What the bot does: the table of contents."""

# (while it grows: every module that has a router)
import importlib
import pkgutil

from handlers.router import join

_found = [importlib.import_module(f"handlers.{module.name}") for module in pkgutil.iter_modules(__path__)]
router = join(module.router for module in _found if hasattr(module, "router") and module.__name__ != "handlers.router")
