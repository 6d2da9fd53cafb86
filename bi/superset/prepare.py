"""Run by Superset's own Python: bring the metadata database up to date, keep one administrator, import the bundle."""

from __future__ import annotations

import sys
from pathlib import Path

from flask_migrate import upgrade
from superset.app import create_app

ADMIN = "admin"


def prepare(bundle: Path, password: str) -> None:
    """Make the metadata database hold the tables of this Superset, the administrator and the content of `bundle`."""
    app = create_app()
    with app.app_context():
        from superset import db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.extensions import appbuilder
        from superset.utils.core import override_user

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        user = security_manager.find_user(ADMIN)
        if not user:
            role = security_manager.find_role("Admin")
            user = security_manager.add_user(ADMIN, "Admin", "Cakupan", "admin@localhost", role, password=password)
        db.session.commit()
        texts = {str(file.relative_to(bundle)): file.read_text(encoding="utf-8") for file in bundle.rglob("*.yaml")}
        with override_user(user):
            ImportAssetsCommand(texts).run()


if __name__ == "__main__":
    prepare(Path(sys.argv[1]), sys.stdin.read())
