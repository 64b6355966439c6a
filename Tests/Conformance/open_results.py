"""Opens result files as their users would, and says what it found as JSON."""

import json
import sys

import h5py
import libsonata
import numpy
import xarray


def described(path, engine):
    with xarray.open_dataset(path, engine=engine) as data:
        return {
            "sizes": {str(name): int(size) for name, size in data.sizes.items()},
            "coordinates": sorted(str(name) for name in data.coords),
            "units": {
                str(name): data[name].attrs["units"]
                for name in data.variables
                if "units" in data[name].attrs
            },
            "missing": {
                str(name): int(numpy.isnan(values).sum())
                for name in data.data_vars
                if (values := data[name].values).dtype.kind == "f"
            },
            "sums": {
                str(name): float(numpy.nansum(values.astype("f8")))
                for name in data.data_vars
                if (values := data[name].values).dtype.kind == "f"
            },
            "status": [int(value) for value in data["status"].values.ravel()],
        }


def spikes(path):
    with h5py.File(path) as file:
        if "spikes" not in file:
            return {}
    reader = libsonata.SpikeReader(path)
    return {
        name: {
            "count": len(reader[name].get()),
            "sorting": str(reader[name].sorting),
            "last": max((time for _, time in reader[name].get()), default=0.0),
        }
        for name in reader.get_population_names()
    }


path = sys.argv[1]
print(
    json.dumps(
        {
            "netcdf4": described(path, "netcdf4"),
            "h5netcdf": described(path, "h5netcdf"),
            "spikes": spikes(path),
        }
    )
)
