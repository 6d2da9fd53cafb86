"""The drivers that BI tools bring, on figures that were published: ODBC, JDBC and a spreadsheet program, really installed."""
