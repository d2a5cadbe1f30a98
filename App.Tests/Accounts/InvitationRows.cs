using Gatehouse.Accounts.Invitations;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;

namespace Gatehouse.Tests.Accounts;

/// <summary>Links by which people sign up.</summary>
public static class InvitationRows
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/invitations", AccountsPermissions.UsersWrite) { Query = "after limit", Shows = ["invitation"] },
        new("POST", "/api/invitations", AccountsPermissions.UsersWrite) { Json = """{"name":"x","max_uses":5,"expires_at":"2026-12-01T00:00:00Z"}""", Optional = "name max_uses expires_at", Status = 201, Once = true },
        new("DELETE", "/api/invitations/{id}", AccountsPermissions.UsersWrite)
        {
            Path = "/api/invitations/{invitation}", Races = [new(Delete("/api/invitations/{invitation}"), Delete("/api/invitations/{invitation}"))],
        },
        new("GET", "/admin/users/invitations", AccountsPermissions.UsersWrite) { Query = "after", Shows = ["invitation"] },
        new("POST", "/admin/users/invitations", AccountsPermissions.UsersWrite) { Form = "name=Testers&max_uses=5&days=7" },
        new("POST", "/admin/users/invitations/{id}/revoke", AccountsPermissions.UsersWrite)
        {
            Path = "/admin/users/invitations/{invitation}/revoke", Races = [new(Page("/admin/users/invitations/{invitation}/revoke"), Delete("/api/invitations/{invitation}"))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["invitation"] = async t =>
        {
            var who = Caller.System with { TenantId = t.Tenant };
            var (invitation, link) = await t.Server.Db.Write(s => t.Server.Service<InvitationService>().Create(s, who, new Invitation { Name = "Testers", Uses = 3 }));
            t.Label(link.Split('=')[1], "invite");
            return invitation.Id;
        },
    };
}
