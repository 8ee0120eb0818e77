"""Parts of pages: from plain values to HTML or a figure. They ask the database nothing and know no rules."""
