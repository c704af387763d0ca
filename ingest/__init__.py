"""Sources to ledger entries and claims, with rejected and quarantined rows accounted for."""

import os

# openpyxl would read with lxml, which the writer of Word files brings: workbooks are read as they always were.
os.environ.setdefault("OPENPYXL_LXML", "False")
