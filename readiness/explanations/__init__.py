"""Why a cell or a control has its status."""
