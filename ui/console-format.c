#include "console-format.h"

#include <string.h>

#include <glib/gi18n.h>
#include <json-c/json.h>

#define INDENT 2u

typedef struct
{
  GString *text;
  GArray  *spans;
  guint    depth;
} Writer;

static void
add_span (Writer *writer, TcConsoleKind kind)
{
  const TcConsoleSpan span = { writer->text->len, kind };
  TcConsoleSpan *last = writer->spans->len > 0 ? &g_array_index (writer->spans, TcConsoleSpan, writer->spans->len - 1) : NULL;

  if (last != NULL && last->kind == kind)
    last->end = span.end;
  else if (last == NULL || last->end < span.end)
    g_array_append_val (writer->spans, span);
}

static void
put (Writer *writer, const char *text, gsize n, TcConsoleKind kind)
{
  g_string_append_len (writer->text, text, (gssize) n);
  add_span (writer, kind);
}

static void
new_line (Writer *writer)
{
  g_string_append_c (writer->text, '\n');
  for (guint i = 0; i < writer->depth * INDENT; i++)
    g_string_append_c (writer->text, ' ');
  add_span (writer, TC_CONSOLE_PLAIN);
}

/* With its quotes. */
static gsize
string_length (const char *json)
{
  gsize n = 1;

  while (json[n] != '\0' && json[n] != '"')
    n += json[n] == '\\' && json[n + 1] != '\0' ? 2 : 1;
  return json[n] == '"' ? n + 1 : n;
}

static void
write_open (Writer *writer, const char **json)
{
  const char open = *(*json)++;
  const char close = open == '[' ? ']' : '}';

  put (writer, &open, 1, TC_CONSOLE_PLAIN);
  *json += strspn (*json, " \n\r\t");
  if (**json == close)
    {
      put (writer, (*json)++, 1, TC_CONSOLE_PLAIN);
      return;
    }
  writer->depth++;
  new_line (writer);
}

static void
write_string (Writer *writer, const char **json)
{
  const gsize n = string_length (*json);
  const char *after = *json + n;

  after += strspn (after, " \n\r\t");
  put (writer, *json, n, *after == ':' ? TC_CONSOLE_KEY : TC_CONSOLE_STRING);
  *json += n;
}

static void
write_next (Writer *writer, const char **json)
{
  const char c = **json;
  gsize n;

  if (c == '[' || c == '{')
    write_open (writer, json);
  else if (c == ']' || c == '}')
    {
      writer->depth -= writer->depth > 0 ? 1 : 0;
      new_line (writer);
      put (writer, (*json)++, 1, TC_CONSOLE_PLAIN);
    }
  else if (c == ',')
    {
      put (writer, (*json)++, 1, TC_CONSOLE_PLAIN);
      new_line (writer);
    }
  else if (c == ':')
    {
      put (writer, ": ", 2, TC_CONSOLE_PLAIN);
      (*json)++;
    }
  else if (c == '"')
    write_string (writer, json);
  else if ((n = strspn (*json, " \n\r\t")) > 0)
    *json += n;
  else
    {
      n = MAX (strcspn (*json, "[]{},:\" \n\r\t"), 1u);
      put (writer, *json, n, TC_CONSOLE_NUMBER);
      *json += n;
    }
}

/* One string is shown as what it says: help has lines. */
static gboolean
write_text (Writer *writer, const char *json)
{
  json_object *value = json[0] == '"' ? json_tokener_parse (json) : NULL;
  const gboolean is_text = json_object_is_type (value, json_type_string);

  if (is_text)
    put (writer, json_object_get_string (value), strnlen (json_object_get_string (value), TC_CONSOLE_TEXT_MAX), TC_CONSOLE_PLAIN);
  json_object_put (value);
  return is_text;
}

/* Cuts what is too long at a character's beginning. */
static void
cut (Writer *writer)
{
  GString *text = writer->text;
  gsize n = TC_CONSOLE_TEXT_MAX;

  if (text->len <= TC_CONSOLE_TEXT_MAX)
    return;
  while (n > 0 && ((guchar) text->str[n] & 0xc0) == 0x80)
    n--;
  g_string_truncate (text, n);
  while (writer->spans->len > 0 && g_array_index (writer->spans, TcConsoleSpan, writer->spans->len - 1).end > n)
    g_array_set_size (writer->spans, writer->spans->len - 1);
  g_string_append_printf (text, "\n%s", _("The answer is longer than this; the rest is left out. The program time-cli shows all of it."));
  add_span (writer, TC_CONSOLE_PLAIN);
}

char *
tc_console_format (const char *json, GArray **ret_spans)
{
  Writer writer = { .text = g_string_new (NULL), .spans = g_array_new (FALSE, FALSE, sizeof (TcConsoleSpan)) };

  if (!write_text (&writer, json))
    while (*json != '\0' && writer.text->len <= TC_CONSOLE_TEXT_MAX)
      write_next (&writer, &json);
  cut (&writer);
  if (!g_utf8_validate (writer.text->str, (gssize) writer.text->len, NULL))
    {
      char *valid = g_utf8_make_valid (writer.text->str, (gssize) writer.text->len);

      g_string_assign (writer.text, valid);
      g_array_set_size (writer.spans, 0);
      g_free (valid);
    }
  g_string_append_c (writer.text, '\n');
  add_span (&writer, TC_CONSOLE_PLAIN);
  *ret_spans = writer.spans;
  return g_string_free (writer.text, FALSE);
}
