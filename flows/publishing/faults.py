"""Why the published copy did not reach PostgreSQL, by name and cure. No text of the server is told: it may quote a row."""

from __future__ import annotations

import re

from flows.receive import refusals
from flows.receive.remote import Passing
from flows.servers import PostgresqlTarget
from warehouse.errors import Stop

CANCELLED, NO_RIGHT, DEPENDENT = "57014", "42501", "2BP01"
FULL = "53100"
PASSES = ("08", "40", "53", "57P", "58")
NAMED = re.compile(r"^DETAIL: +((?:view|table|materialized view|function|constraint) .*?) depends on", re.M)


def told(target: PostgresqlTarget, state: str, text: str) -> Stop | Passing:
    """Return the fault behind an error of the server. Nothing was changed there by then."""
    where = target.where
    if state == NO_RIGHT:
        en, id = f"the user of {where} may not do it", f"pengguna {where} tidak berhak"
        return Stop("target_permission_denied", en, id, "an administrator runs what cakupan config roles prints")
    if state == DEPENDENT:
        named = NAMED.search(text)
        what = named[1] if named else "what cakupan did not put there"
        en, id = f"{target.schema_name} at {where} is held by {what}", f"{target.schema_name} dipakai: {what}"
        return Stop(
            "target_depended_on", en, id, "keep own tables and views elsewhere, without building on this schema"
        )
    if state == CANCELLED:
        en, id = f"{where}: a statement was ended, by its limit or by somebody", f"{where}: pernyataan dihentikan"
        return Stop("query_ended", en, id, "raise statement_timeout_seconds")
    if state == FULL:
        return Stop("target_full", f"the disk of {where} is full", f"disk {where} penuh", "ask the server's owner")
    if not state or state.startswith(PASSES):
        return refusals.unreachable(where, state or "the transfer was cut off")
    return refusals.request_refused(where, f"SQLSTATE {state}")


def reader_missing(target: PostgresqlTarget) -> Stop:
    """Return that the role of the readers does not exist."""
    en, id = f"{target.where} has no role {target.reader}", f"{target.where} tidak punya peran {target.reader}"
    return Stop("reader_role_missing", en, id, "an administrator runs what cakupan config roles prints")


def always_read(target: PostgresqlTarget) -> Stop:
    """Return that at no moment nobody was reading, so that the schemas could not be swapped."""
    en = f"{target.where}: somebody reads {target.schema_name} without a pause, or left a transaction open"
    id = f"{target.where}: {target.schema_name} terus dibaca, atau ada transaksi yang dibiarkan terbuka"
    return Stop("target_always_read", en, id, "end that session, set idle_in_transaction_session_timeout for readers")


def other_writer(target: PostgresqlTarget) -> Passing:
    """Return that another process publishes to the same schema."""
    return refusals.busy(target.where, "another process publishes there")
