"""What every stage stands on and what knows no method, no metric and no data set: params, paths, results, files."""
