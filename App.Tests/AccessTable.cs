using Gatehouse.Tests.BadInput;

namespace Gatehouse.Tests;

/// <summary>
/// Who may call what. Every endpoint has its row here, one by one: method, route, and <c>open</c>, <c>signed-in</c> or the
/// permission it asks for. An endpoint without a row, or a row without its endpoint, fails a test.
/// </summary>
public static class AccessTable
{
    public const string Rows =
        """
        GET     /                                        open
        GET     /activate                                open
        POST    /activate                                open
        GET     /assets/{**path}                         open
        HEAD    /assets/{**path}                         open
        GET     /docs                                    open
        GET     /favicon.ico                             open
        HEAD    /favicon.ico                             open
        GET     /health                                  open
        GET     /openapi/v1.json                         open
        POST    /preferences/language                    open
        POST    /preferences/theme                       open
        GET     /robots.txt                              open
        HEAD    /robots.txt                              open
        GET     /setup                                   open
        POST    /setup                                   open
        GET     /sign-in                                 open
        POST    /sign-in                                 open
        POST    /sign-out                                open
        GET     /status                                  open
        POST    /status                                  open

        GET     /api/audit                               audit.read
        GET     /api/audit/export                        audit.read

        GET     /api/batches                             keys.read

        GET     /api/health                              open

        GET     /api/jobs                                jobs.read
        PATCH   /api/jobs/{name}                         jobs.run
        POST    /api/jobs/{name}/run                     jobs.run

        GET     /api/keys                                keys.read
        POST    /api/keys/bulk                           keys.write
        GET     /api/keys/export                         keys.read
        POST    /api/keys/generate                       keys.write
        POST    /api/keys/import                         keys.write
        GET     /api/keys/{key}                          keys.read
        PATCH   /api/keys/{key}                          keys.write
        DELETE  /api/keys/{key}                          keys.write

        GET     /api/plans                               plans.read
        POST    /api/plans                               plans.write
        GET     /api/plans/{id}                          plans.read
        PATCH   /api/plans/{id}                          plans.write
        DELETE  /api/plans/{id}                          plans.write

        GET     /api/public-key                          open

        GET     /api/security-events                     audit.read

        GET     /api/settings                            settings.manage
        PATCH   /api/settings                            settings.manage

        GET     /api/staff                               staff.manage
        POST    /api/staff                               staff.manage
        GET     /api/staff/{id}                          staff.manage
        PATCH   /api/staff/{id}                          staff.manage
        DELETE  /api/staff/{id}                          staff.manage

        GET     /api/statistics/keys                     statistics.read

        GET     /api/status/{code}                       open

        GET     /api/tokens                              tokens.manage
        POST    /api/tokens                              tokens.manage
        GET     /api/tokens/{id}                         tokens.manage
        PATCH   /api/tokens/{id}                         tokens.manage
        DELETE  /api/tokens/{id}                         tokens.manage

        POST    /api/validate                            open

        GET     /admin                                   signed-in

        GET     /admin/account                           signed-in
        POST    /admin/account/password                  signed-in
        POST    /admin/account/sessions/end              signed-in
        POST    /admin/account/sessions/end-others       signed-in

        GET     /admin/audit                             audit.read
        GET     /admin/audit/export                      audit.read

        GET     /admin/batches                           keys.read
        GET     /admin/batches/{id}                      keys.read
        GET     /admin/batches/{id}/print                keys.read

        GET     /admin/jobs                              jobs.read
        GET     /admin/jobs/{name}                       jobs.read
        POST    /admin/jobs/{name}                       jobs.run
        POST    /admin/jobs/{name}/run                   jobs.run

        GET     /admin/keys                              keys.read
        GET     /admin/keys/bulk                         keys.write
        POST    /admin/keys/bulk                         keys.write
        GET     /admin/keys/export                       keys.read
        POST    /admin/keys/export                       keys.read
        GET     /admin/keys/generate                     keys.write
        POST    /admin/keys/generate                     keys.write
        GET     /admin/keys/generate/{run}               keys.write
        GET     /admin/keys/import                       keys.write
        POST    /admin/keys/import                       keys.write
        GET     /admin/keys/{key}                        keys.read
        GET     /admin/keys/{key}/{action}               keys.write
        POST    /admin/keys/{key}/{action}               keys.write

        GET     /admin/plans                             plans.read
        GET     /admin/plans/new                         plans.write
        POST    /admin/plans/new                         plans.write
        GET     /admin/plans/{id}                        plans.read
        POST    /admin/plans/{id}                        plans.write
        POST    /admin/plans/{id}/remove                 plans.write

        GET     /admin/security                          audit.read

        GET     /admin/settings                          settings.manage
        POST    /admin/settings                          settings.manage

        GET     /admin/staff                             staff.manage
        POST    /admin/staff                             staff.manage
        GET     /admin/staff/new                         staff.manage
        GET     /admin/staff/{id}                        staff.manage
        POST    /admin/staff/{id}                        staff.manage
        POST    /admin/staff/{id}/disable                staff.manage
        POST    /admin/staff/{id}/enable                 staff.manage
        POST    /admin/staff/{id}/password               staff.manage
        POST    /admin/staff/{id}/remove                 staff.manage

        GET     /admin/tokens                            tokens.manage
        POST    /admin/tokens                            tokens.manage
        GET     /admin/tokens/new                        tokens.manage
        POST    /admin/tokens/{id}/revoke                tokens.manage
        """;
}
