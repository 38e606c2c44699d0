"""Starts the database server. PERENNIAL_TRANSACTION_SECONDS sets how long a transaction may lie idle before the server
ends it and frees its rows; the server's own command line has no option for it. Default 60, as in MongoDB."""

import functools
import os
import threading

from secantus import cli

seconds = float(os.environ.get("PERENNIAL_TRANSACTION_SECONDS", "60"))


class Server(cli.SecantusDBServer):
    """Looks for idle transactions itself. Otherwise only the next command of a transaction does, and a plain write that
    waits for the rows of an abandoned one, and everybody else for its collection, waits for ever when none comes."""

    def start(self):
        super().start()
        threading.Thread(target=self._end_idle_transactions, name="idle-transactions", daemon=True).start()

    def _end_idle_transactions(self):
        while not self._stop_event.wait(1.0):
            self.transactions.prune_expired()


cli.SecantusDBServer = functools.partial(Server, transaction_lifetime_seconds=seconds)
raise SystemExit(cli.main())
