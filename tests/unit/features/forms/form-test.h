/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

/* Forms that the tests of forms share. */

#define X(type, content) "<x xmlns='jabber:x:data' type='" type "'>" content "</x>"

/* XEP-0004, example 2. */
#define BOT                                                                                        \
  X ("form", "<title>Bot Configuration</title>"                                                    \
     "<instructions>Fill out this form</instructions><instructions>and send it!</instructions>"    \
     "<field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>"                      \
     "<field type='fixed'><value>Section 1</value><value>Bot Info</value></field>"                 \
     "<field type='text-single' label='The name of your bot' var='botname'/>"                      \
     "<field type='text-multi' label='Description' var='description'><desc>Helpful</desc></field>" \
     "<field type='boolean' label='Public bot?' var='public'><required/></field>"                  \
     "<field type='text-private' label='Password' var='password'/>"                                \
     "<field type='list-multi' label='Features' var='features'>"                                   \
     "<option label='Contests'><value>contests</value></option>"                                   \
     "<option><value>news</value></option><option label='nothing'/>"                               \
     "<value>news</value><value>search</value></field>"                                            \
     "<field type='list-single' label='Maximum' var='maxsubs'><value>20</value>"                   \
     "<option label='10'><value>10</value></option><option label='20'><value>20</value></option>"  \
     "</field><field type='jid-multi' label='People' var='invitelist'/>"                           \
     "<field type='jid-single' var='owner'/><field type='color' var='odd'/><field var='plain'/>")
