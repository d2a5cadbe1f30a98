namespace Gatehouse.Operations;

public static class OperationsSetup
{
    public static IServiceCollection AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<Audit>();
        services.AddSingleton<SecurityEvents>();
        return services;
    }

    public static void MapOperations(this IEndpointRouteBuilder app)
    {
    }
}
