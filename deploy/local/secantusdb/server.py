"""Starts the database server. PERENNIAL_TRANSACTION_SECONDS sets how long a transaction may lie idle before the server
ends it and frees its rows; the server's own command line has no option for it. Default 60, as in MongoDB."""

import functools
import os

from secantus import cli

seconds = float(os.environ.get("PERENNIAL_TRANSACTION_SECONDS", "60"))
cli.SecantusDBServer = functools.partial(cli.SecantusDBServer, transaction_lifetime_seconds=seconds)
raise SystemExit(cli.main())
