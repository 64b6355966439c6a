// What Swift cannot import of HDF5: its macros, most of which are calls, as functions.
#pragma once
#include <hdf5.h>
#include <hdf5_hl.h>
#include <stdbool.h>

/// Types on disk: the same everywhere.
static inline hid_t h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t h5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t h5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t h5_int8(void) { return H5T_STD_I8LE; }
static inline hid_t h5_uint64(void) { return H5T_STD_U64LE; }
static inline hid_t h5_c_string(void) { return H5T_C_S1; }
/// Types in memory.
static inline hid_t h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t h5_native_int64(void) { return H5T_NATIVE_INT64; }
static inline hid_t h5_native_int8(void) { return H5T_NATIVE_INT8; }
static inline hid_t h5_native_uint64(void) { return H5T_NATIVE_UINT64; }
static inline hid_t h5_native_uint32(void) { return H5T_NATIVE_UINT32; }
static inline hid_t h5_native_uint8(void) { return H5T_NATIVE_UINT8; }
static inline hsize_t h5_unlimited(void) { return H5S_UNLIMITED; }
/// A string of any length.
static inline size_t h5_variable_length(void) { return H5T_VARIABLE; }
static inline hid_t h5_default(void) { return H5P_DEFAULT; }
static inline hid_t h5_all(void) { return H5S_ALL; }
static inline hid_t h5_file_access(void) { return H5P_FILE_ACCESS; }
static inline hid_t h5_file_creation(void) { return H5P_FILE_CREATE; }
static inline hid_t h5_dataset_creation(void) { return H5P_DATASET_CREATE; }
static inline hid_t h5_group_creation(void) { return H5P_GROUP_CREATE; }
static inline hid_t h5_link_creation(void) { return H5P_LINK_CREATE; }
static inline unsigned h5_exclusive(void) { return H5F_ACC_EXCL; }
static inline unsigned h5_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned h5_creation_order(void) {
  return H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED;
}
/// Lets the system begin to write what a file has in memory to the disk, and waits for nothing.
static inline void h5_begin_writing_back(int descriptor) {
#if defined(__linux__) && defined(__LP64__)
  // Declared here, because asking <fcntl.h> for it changes other headers under Swift's feet.
  extern int sync_file_range(int descriptor, long offset, long count, unsigned flags);
  const unsigned begin_writing = 2;
  sync_file_range(descriptor, 0, 0, begin_writing);
#else
  (void)descriptor;
#endif
}
/// The descriptor of an open file, or -1.
static inline int h5_descriptor(hid_t file) {
  void *handle = NULL;
  return H5Fget_vfd_handle(file, H5P_DEFAULT, &handle) >= 0 && handle ? *(int *)handle : -1;
}
/// What tells an open object apart from all others of its file; false if that cannot be read.
static inline bool h5_address(hid_t object, unsigned long long *address) {
#if H5_VERSION_GE(1, 12, 0)
  H5O_info1_t info;
#else
  H5O_info_t info;
#endif
  if (H5Oget_info2(object, &info, H5O_INFO_BASIC) < 0) return false;
  *address = info.addr;
  return true;
}
/// Keeps the library from printing its own stack of errors in this thread, and from cleaning up at
/// exit, where it can crash after a full disk.
static inline void h5_be_quiet(void) {
  // Before anything else: the first call of the library registers the clean-up.
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}
