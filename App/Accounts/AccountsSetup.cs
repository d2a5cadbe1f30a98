using Gatehouse.Platform.Web;

namespace Gatehouse.Accounts;

public static class AccountsSetup
{
    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<IAuthenticator, Authenticator>();
        return services;
    }

    public static void MapAccounts(this IEndpointRouteBuilder app)
    {
    }
}

internal sealed class Authenticator : IAuthenticator
{
    public ValueTask<Caller> Authenticate(HttpContext ctx) => new(Caller.Public(ctx.Connection.RemoteIpAddress?.ToString(), null));
}
