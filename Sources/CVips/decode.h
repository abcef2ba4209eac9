// Decoding and encoding of a picture with libvips, whose own functions take a variable number of arguments, which Swift
// cannot pass.
#ifndef CVIPS_DECODE_H
#define CVIPS_DECODE_H

#include <stddef.h>
#include <string.h>

// The functions and constants of libvips (8.13 or later) and GLib that are used below. Their own headers are not
// included, because the package manager refuses the flags that pkg-config prints for them.
typedef struct _VipsImage VipsImage;
typedef struct _VipsArrayDouble VipsArrayDouble;
struct _VipsArea;
int vips_init(const char *program);
const char *vips_version_string(void);
void vips_block_untrusted_set(int state);
void vips_concurrency_set(int threads);
void vips_cache_set_max(int operations);
void vips_vector_set_enabled(int state);
const char *vips_foreign_find_load_buffer(const void *bytes, size_t count);
VipsImage *vips_image_new_from_buffer(const void *bytes, size_t count, const char *options, ...);
int vips_image_get_width(const VipsImage *image);
int vips_image_get_height(const VipsImage *image);
int vips_image_get_bands(const VipsImage *image);
int vips_image_get_format(const VipsImage *image);
int vips_image_hasalpha(VipsImage *image);
size_t vips_image_get_typeof(const VipsImage *image, const char *name);
int vips_image_get_blob(const VipsImage *image, const char *name, const void **data, size_t *count);
int vips_icc_is_compatible_profile(VipsImage *image, const void *data, size_t count);
void *vips_image_write_to_memory(VipsImage *image, size_t *count);
int vips_thumbnail_buffer(void *bytes, size_t count, VipsImage **result, int width, ...);
int vips_flatten(VipsImage *image, VipsImage **result, ...);
int vips_colourspace(VipsImage *image, VipsImage **result, int space, ...);
int vips_copy(VipsImage *image, VipsImage **result, ...);
int vips_cast(VipsImage *image, VipsImage **result, int format, ...);
VipsImage *vips_image_new_from_memory(
    const void *pixels, size_t count, int width, int height, int bands, int format);
int vips_image_write_to_buffer(VipsImage *image, const char *options, void **bytes, size_t *count, ...);
VipsArrayDouble *vips_array_double_newv(int count, ...);
void vips_area_unref(struct _VipsArea *area);
void vips_error_clear(void);
char *vips_error_buffer_copy(void);
void g_object_unref(void *object);
void g_free(void *memory);
unsigned int g_log_set_handler(
    const char *domain, int levels, void (*function)(const char *, int, const char *, void *), void *data);

enum {
  CVIPS_INTERESTING_CENTRE = 1,
  CVIPS_FORMAT_UCHAR = 0,
  CVIPS_FORMAT_USHORT = 2,
  CVIPS_INTERPRETATION_GREY = 1,
  CVIPS_INTERPRETATION_SRGB = 22,
  // G_LOG_LEVEL_WARNING, _MESSAGE, _INFO and _DEBUG.
  CVIPS_LOG_LEVELS = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7,
};

static inline void cvips_ignore_message(
    const char *domain, int level, const char *message, void *data) {}

// Starts libvips; returns 0, or -1 if it cannot be used. The decoders that libvips itself does not call safe
// for files from strangers stay off. Parallelism is the caller's, and no image is kept between two calls. Machine code
// that liborc makes at run time is not used: its memory management crashes now and then where several threads decode
// pictures (version 0.4.33).
static inline int cvips_start(void) {
  if (vips_init("mixmatch") != 0) return -1;
  vips_block_untrusted_set(1);
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  vips_vector_set_enabled(0);
  g_log_set_handler("VIPS", CVIPS_LOG_LEVELS, cvips_ignore_message, NULL);
  // GObject warns of a value outside of the range of an option, such as a size that follows from a damaged file.
  g_log_set_handler("GLib-GObject", CVIPS_LOG_LEVELS, cvips_ignore_message, NULL);
  return 0;
}

// The decoder for the bytes of a file, such as "VipsForeignLoadJpegBuffer"; NULL if there is none.
static inline const char *cvips_decoder(const void *bytes, size_t count) {
  const char *name = vips_foreign_find_load_buffer(bytes, count);
  vips_error_clear();
  return name;
}

// The facts in the header of a file.
typedef struct {
  int width, height;
  // Whether the channels are unsigned integers of 8 or 16 bits.
  int has_known_channels;
  // Whether the file contains a colour profile that fits its channels; a grey picture may have one for RGB.
  int has_profile;
} cvips_header;

// Reads the header of a file; returns 0, or -1 for an error.
static inline int cvips_read_header(const void *bytes, size_t count, cvips_header *header) {
  VipsImage *image = vips_image_new_from_buffer(bytes, count, "", NULL);
  if (image == NULL) return -1;
  header->width = vips_image_get_width(image);
  header->height = vips_image_get_height(image);
  int format = vips_image_get_format(image);
  header->has_known_channels = format == CVIPS_FORMAT_UCHAR || format == CVIPS_FORMAT_USHORT;
  const char *profile = "icc-profile-data";
  const void *data = NULL;
  size_t size = 0;
  header->has_profile = vips_image_get_typeof(image, profile) != 0 &&
                        vips_image_get_blob(image, profile, &data, &size) == 0 &&
                        vips_icc_is_compatible_profile(image, data, size);
  g_object_unref(image);
  return 0;
}

// Releases `image`, which the image `next` keeps as long as it needs it, and returns `next`.
static inline VipsImage *cvips_next(VipsImage *image, VipsImage *next) {
  g_object_unref(image);
  return next;
}

// Decodes a picture into `pixels` (size, size, 3): upright by its EXIF orientation, in sRGB, transparent parts
// on white, its shorter side resampled to `size` and the middle of its longer side kept. Of an animation
// it takes the first frame. Returns 0, or -1 for an error, such as a file that ends too early.
static inline int cvips_decode(
    const void *bytes, size_t count, int has_profile, int size, unsigned char *pixels) {
  VipsImage *image = NULL;
  // The thumbnail's own option "fail_on" does not reach the decoders of version 8.14. A profile to convert to is
  // given only with one to convert from: without it, version 8.14 changes the colours.
  int failed =
      has_profile
          ? vips_thumbnail_buffer(
                (void *)bytes, count, &image, size, "height", size, "crop", CVIPS_INTERESTING_CENTRE,
                "option_string", "[fail_on=truncated]", "export_profile", "srgb", NULL)
          : vips_thumbnail_buffer(
                (void *)bytes, count, &image, size, "height", size, "crop", CVIPS_INTERESTING_CENTRE,
                "option_string", "[fail_on=truncated]", NULL);
  if (failed) return -1;
  if (vips_image_hasalpha(image)) {
    double full = vips_image_get_format(image) == CVIPS_FORMAT_USHORT ? 65535.0 : 255.0;
    VipsArrayDouble *white = vips_array_double_newv(1, full);
    VipsImage *flat = NULL;
    failed = vips_flatten(image, &flat, "background", white, NULL);
    vips_area_unref((struct _VipsArea *)white);
    image = cvips_next(image, flat);
    if (failed) return -1;
  }
  VipsImage *colours = NULL, *values = NULL;
  failed = vips_colourspace(image, &colours, CVIPS_INTERPRETATION_SRGB, NULL);
  image = cvips_next(image, colours);
  if (failed) return -1;
  failed = vips_cast(image, &values, CVIPS_FORMAT_UCHAR, NULL);
  image = cvips_next(image, values);
  if (failed) return -1;
  size_t written = 0;
  void *memory = NULL;
  if (vips_image_get_width(image) == size && vips_image_get_height(image) == size &&
      vips_image_get_bands(image) == 3)
    memory = vips_image_write_to_memory(image, &written);
  g_object_unref(image);
  if (memory == NULL) return -1;
  int fits = written == (size_t)size * size * 3;
  if (fits) memcpy(pixels, memory, written);
  g_free(memory);
  return fits ? 0 : -1;
}

// Encodes pixels (height, width, channels) with grey or RGB channels as a picture file of the type in `options`,
// such as ".jpg[Q=95]". Returns the bytes of the file, to be freed with g_free, or NULL for an error.
static inline void *cvips_encode(
    const unsigned char *pixels, int height, int width, int channels, const char *options, size_t *count) {
  VipsImage *image = vips_image_new_from_memory(
      pixels, (size_t)height * width * channels, width, height, channels, CVIPS_FORMAT_UCHAR);
  if (image == NULL) return NULL;
  VipsImage *colours = NULL;
  void *bytes = NULL;
  // Bytes in memory have no colour space.
  int failed = vips_copy(
      image, &colours, "interpretation",
      channels == 1 ? CVIPS_INTERPRETATION_GREY : CVIPS_INTERPRETATION_SRGB, NULL);
  image = cvips_next(image, colours);
  if (failed) return NULL;
  if (vips_image_write_to_buffer(image, options, &bytes, count, NULL) != 0) bytes = NULL;
  g_object_unref(image);
  return bytes;
}

// The messages of the errors since the last call, to be freed; they belong to all threads together.
static inline char *cvips_errors(void) { return vips_error_buffer_copy(); }

#endif
