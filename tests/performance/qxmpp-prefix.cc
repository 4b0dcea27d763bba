/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <QXmlStreamReader>

/* QXmpp 1.14 makes an element with its namespace where Qt's reader gives a prefix that is not null, and an element
 * without a namespace where it is null. Qt 6.11 gives a null one to each element without a prefix: so QXmpp finds
 * nothing among the features of any server, takes the session for established, and never signs in. Here the prefix
 * of such an element is empty and not null; a program's own function comes before that of a library. */
QStringView
QXmlStreamReader::prefix () const
{
  const QStringView qualified = qualifiedName ();
  const qsizetype length = qualified.size () - name ().size ();

  return qualified.first (length > 0 ? length - 1 : 0);
}
