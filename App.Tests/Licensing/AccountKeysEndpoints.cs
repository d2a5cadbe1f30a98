using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Licensing;

/// <summary>Keys on customers' accounts.</summary>
public static class AccountKeysEndpoints
{
    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/account/keys", Customer) { Shows = ["own_key"] },
        new("POST", "/account/keys", Customer)
        {
            // Whoever knows a key may put it on their account.
            Form = "key={unused}", OfServer = true, Races = [new(Page("/account/keys", "key={unused}"), Delete("/api/keys/{unused}"))],
        },
        new("POST", "/account/keys/{id}/remove", Customer)
        {
            Path = "/account/keys/{own_key_id}/remove", Races = [new(Page("/account/keys/{own_key_id}/remove"), Page("/account/keys/{own_key_id}/remove"))],
        },
    ];
}
