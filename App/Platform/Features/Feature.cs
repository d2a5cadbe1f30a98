using Gatehouse.Platform.Health;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Operations;
using Gatehouse.Platform.Scheduling;
using Gatehouse.Platform.Settings;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Platform.Features;

/// <summary>
/// All that a part of the product adds, declared once in its <c>XxxFeature.cs</c>. Its words lie beside it, in <c>Words/en.json</c>
/// and <c>Words/zh.json</c>. Nothing below a feature knows its name: the catalogues of Platform get what all have declared.
/// </summary>
public abstract class Feature
{
    public virtual void AddServices(IServiceCollection services, IConfiguration config)
    {
    }

    public virtual void Map(IEndpointRouteBuilder app)
    {
    }

    public virtual IReadOnlyList<Permission> Permissions => [];

    public virtual IReadOnlyList<NavigationEntry> Navigation => [];

    public virtual IReadOnlyList<PublicEntry> PublicNavigation => [];

    public virtual IReadOnlyList<AccountEntry> AccountNavigation => [];

    public virtual IReadOnlyList<AccountSection> AccountHome => [];

    public virtual IReadOnlyList<PersonTab> PersonTabs => [];

    public virtual IReadOnlyList<HomeGuide> HomeGuides => [];

    /// <summary>What it knows of whoever reads a text for people.</summary>
    public virtual IReadOnlyList<ReaderValue> ReaderValues => [];

    public virtual IReadOnlyList<DashboardSection> Dashboard => [];

    public virtual IReadOnlyList<SettingDefinition> Settings => [];

    public virtual IReadOnlyList<Job> Jobs => [];

    /// <summary>Its work that takes long.</summary>
    public virtual IReadOnlyList<OperationKind> Operations => [];

    /// <summary>What its rooms refuse with.</summary>
    public virtual IReadOnlyList<ErrorCode> ErrorCodes => [];

    public virtual IReadOnlyList<StyleSheet> StyleSheets => [];

    /// <summary>Loggers whose categories begin so write to the security log, whatever the level in force.</summary>
    public virtual IReadOnlyList<string> SecurityLogs => [];

    public virtual IReadOnlyList<ConsistencyCheck> Checks => [];

    public virtual IReadOnlyList<Contradiction> Contradictions => [];

    public virtual IReadOnlyList<HealthCheck> HealthChecks => [];

    /// <summary>Its part in the demonstration data, made anew for each.</summary>
    public virtual DemoPart? Demo() => null;
}

public static class FeatureSetup
{
    /// <summary>Registers what the features have declared, in their order.</summary>
    public static void AddFeatures(this IServiceCollection services, IReadOnlyList<Feature> features, IConfiguration config)
    {
        services.AddSingleton(new ErrorCatalogue(features.SelectMany(f => f.ErrorCodes)));
        foreach (var feature in features)
        {
            feature.AddServices(services, config);
            services.AddAll(feature.Permissions);
            services.AddAll(feature.Navigation);
            services.AddAll(feature.PublicNavigation);
            services.AddAll(feature.AccountNavigation);
            services.AddAll(feature.AccountHome);
            services.AddAll(feature.PersonTabs);
            services.AddAll(feature.HomeGuides);
            services.AddAll(feature.ReaderValues);
            services.AddAll(feature.Dashboard);
            services.AddAll(feature.Settings);
            services.AddAll(feature.Jobs);
            services.AddAll(feature.Operations);
            services.AddAll(feature.StyleSheets);
            services.AddAll(feature.Checks);
            services.AddAll(feature.Contradictions);
            services.AddAll(feature.HealthChecks);
        }
    }

    private static void AddAll<T>(this IServiceCollection services, IReadOnlyList<T> declared) where T : class
    {
        foreach (var one in declared)
            services.AddSingleton(one);
    }
}
