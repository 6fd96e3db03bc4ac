"""What people type, and what it means: written by hand, one line each.

After the text, `|` and what other columns say (`department=`, `postcode=`, `level=`). Then `=` and the one
territory, or `?` and all the candidates (`?` alone where which ones does not matter), or `-` for nothing at all.
"""

TRUTHS = """
# a commune and its department, written in every way
Saint-Denis (93) = commune:93066
St Denis 93 = commune:93066
ST-DENIS - 93 = commune:93066
93 - Saint-Denis = commune:93066
93 Saint Denis = commune:93066
saint denis, 93 = commune:93066
Saint-Denis, Seine-Saint-Denis = commune:93066
Saint-Denis (Seine-St-Denis) = commune:93066
Saint-Denis / 93 = commune:93066
Saint-Denis dept 93 = commune:93066
Saint-Denis (Île-de-France) = commune:93066
Saint-Denis | department=93 = commune:93066
Saint-Denis | department=93.0 = commune:93066
Saint-Denis | department=Seine-Saint-Denis = commune:93066
Saint-Denis | department=93 - Seine-Saint-Denis = commune:93066
Saint-Denis | department=Île-de-France = commune:93066
Commune de Saint-Denis, département de la Seine-Saint-Denis = commune:93066
Saint-Denis (974) = commune:97411
St-Denis, La Réunion = commune:97411
SAINT DENIS LA REUNION = commune:97411
Saint-Denis de la Réunion = commune:97411
St Pierre Réunion = commune:97416
Le Mans (Sarthe) = commune:72181
Lyon, Rhône, Auvergne-Rhône-Alpes = commune:69123
Lyon, Rhône, France = commune:69123
Bastia 2B = commune:2B033
Mamoudzou (976) = commune:97611
Nantes | department=44.0 = commune:44109
Ars (16) = commune:16018
Y (80) = commune:80829
Paris (75) = commune:75056
Marseille (13) = commune:13055
Champigny (Marne) = commune:51118
Villeneuve-d’Ascq (59) = commune:59009
L HAY LES ROSES 94 = commune:94038
Bors (Canton de Charente-Sud) = commune:16053

# abbreviations, articles, words before
Aulnay s/ Bois = commune:93005
Les Pavillons s/s Bois = commune:93057
Rosny ss bois = commune:93064
Neuilly/Seine = commune:92051
Vitry/Seine (94) = commune:94081
Champigny s/ Marne (94) = commune:94017
Hérouville-St-Clair = commune:14327
Mont-St-Michel (Le) = commune:50353
Havre (Le) = commune:76351
Havre, Le = commune:76351
Havre (76) = commune:76351
Courneuve (93) = commune:93027
Blanc-Mesnil (Le) = commune:93007
Mairie du Havre = commune:76351
Mairie des Lilas (93) = commune:93045
Ville d'Aubervilliers = commune:93001
Ville de La Courneuve = commune:93027
CCAS de Bobigny = commune:93008
Mairie de Clichy (92) = commune:92024
Ville-d'Avray = commune:92077

# postal codes
93200 Saint-Denis = commune:93066
93 200 SAINT DENIS = commune:93066
Saint-Denis 93200 = commune:93066
Saint-Denis (93200) = commune:93066
F-93200 Saint-Denis = commune:93066
12 rue de Paris 93200 Saint-Denis = commune:93066
Saint-Denis | postcode=93200 = commune:93066
Saint-Denis | postcode=97400 = commune:97411
Nantes | postcode=44 000 = commune:44109
Nantes | postcode=44000.0 = commune:44109
Bourg-en-Bresse | postcode=1000 = commune:01053
Ajaccio | postcode=20000 = commune:2A004
93600 Aulnay = commune:93005
69000 Lyon = commune:69123
93200 = commune:93066
1000 ? commune:01053 commune:01344
93200 Aubervilliers ? commune:93001 commune:93066
Aubervilliers | postcode=93200 ? commune:93001 commune:93066
93210 La Plaine Saint-Denis ? commune:93066

# CEDEX: no commune
93205 Saint-Denis CEDEX ? commune:93066
Bobigny cedex ? commune:93008
PARIS CEDEX 13 ? departement:75 commune:75056
93009 Bobigny ? commune:93008
Bobigny | postcode=93009 ? commune:93008
Saint-Denis | postcode=93205 CEDEX ? commune:93066
93066 Saint-Denis CEDEX ? commune:93066
93526 ? departement:93

# codes
INSEE 93066 = commune:93066
code INSEE : 93059 = commune:93066
93066 Saint-Denis = commune:93066
Saint-Denis (97411) = commune:97411
2A004 = commune:2A004
200054781 = epci:200054781
200 054 781 = epci:200054781
SIREN 200057867 = ept:200057867
93066 ? commune:93066
97411 ? commune:97411 commune:97415
93 ? departement:93 region:93
01 ? departement:01 region:01
1 ? departement:01 region:01
093 ? departement:93 region:93
93 | level=departement = departement:93
93.0 | level=departement = departement:93
1 | level=departement = departement:01
93 | level=region = region:93
95 = departement:95
2a = departement:2A
974 = departement:974
20 ? departement:2A departement:2B
CD93 = departement:93
CD 2A = departement:2A
Département 93 = departement:93
Dpt : 93 = departement:93
le 93 = departement:93
DD ARS 93 = departement:93
Région 93 = region:93
99 -
0 -
2024 ?

# departments and regions
Seine-Saint-Denis = departement:93
seine st denis = departement:93
Seine-Saint-Denis (93) = departement:93
93 (Seine-Saint-Denis) = departement:93
Seine-Saint-Denis 93000 = departement:93
la Seine-Saint-Denis = departement:93
Hts de Seine = departement:92
Hte-Savoie = departement:74
Le Nord = departement:59
Gironde = departement:33
Marne = departement:51
Ille et Vilaine = departement:35
Conseil départemental du Val-d’Oise = departement:95
Conseil départemental de l'Ain = departement:01
Landes (40) = departement:40
86 - Vienne = departement:86
Vienne (38) = commune:38544
La Réunion (974) = departement:974
Département de La Réunion = departement:974
Région Guadeloupe = region:01
Mayotte | level=departement = departement:976
Paris | level=departement = departement:75
Côtes-du-Nord = departement:22
Île-de-France = region:11
IDF = region:11
ARS Ile de France = region:11
PACA = region:93
PACA (93) = region:93
Région Sud = region:93
AURA = region:84
HDF = region:32
Occitanie / Pyrénées-Méditerranée = region:76
Auvergne-Rhône-Alpes / ARA = region:84
région Bretagne = region:53
Bretagne (région) = region:53
Corse = region:94
Collectivité de Corse = region:94
Nord-Pas de Calais = region:32
Rhône-Alpes = region:84
Bourgogne | level=region = region:27
Centre | level=region = region:24
Île-de-France | department=93 = region:11
Saint-Barth = departement:977
Polynésie française = departement:987
Nouvelle Calédonie = departement:988
France entière = france:FR
National = france:FR

# several levels or several places bear the name
Saint-Denis ? commune:11339 commune:30247 commune:93066 commune:97411
Paris ? departement:75 commune:75056
75 - Paris ? departement:75 commune:75056
Paris - Île-de-France ? departement:75 commune:75056
Mayenne ? departement:53 commune:53147
Landes ? departement:40 commune:17202
Vienne ? departement:86 commune:38544
Bretagne ? region:53 commune:36024 commune:90019
La Réunion ? region:04 departement:974 commune:47222
Guadeloupe ? region:01 departement:971
Mayotte ? region:06 departement:976
La Marne ? departement:51 commune:44090
Bourgogne ? region:27 commune:51075
Évry ? commune:89162 commune:91228
Hauts-de-France (59) ? region:32 departement:59
CC des Quatre Rivières ? epci:247000623 epci:247400666

# one exact name is no proof
Clichy ? commune:92024 commune:93014
Mairie de Clichy ? commune:92024 commune:93014
Marseille ? commune:13055 commune:60387
Ville de Paris ? commune:75056 commune:71343
Toulouse ?
Laval ?
Eu ? commune:76255
Havre ? commune:76351
Rosny (93) ? commune:93064
Cherbourg ? commune:50129
Champigny, Marne ?
Champigny - Marne ?
Anjou ? commune:38009
Larzac ? commune:24230
Anjou (38) = commune:38009
Lyon = commune:69123
Brest = commune:29019
Bobigny = commune:93008

# what does not go together
Saint-Denis (59) ?
Saint-Denis | department=59 ?
Clichy (93) ? commune:93014 commune:92024
Seine-Saint-Denis (94) ? departement:93
Bretagne | department=93 ?
Saint-Denis (93) | department=974 ?
13 Paris ? departement:75 commune:75056

# several at once
DROM ? departement:971 departement:972 departement:973 departement:974 departement:976
outre-mer ? departement:971 departement:972 departement:973 departement:974 departement:976
Antilles ? departement:971 departement:972
petite couronne ? departement:92 departement:93 departement:94
Seine-Saint-Denis et Val-de-Marne ? departement:93 departement:94
Ille et Vilaine et Morbihan ? departement:35 departement:56
Seine-et-Marne, Essonne, Yvelines ? departement:77 departement:91 departement:78
Essonne (91) - Val-de-Marne (94) ? departement:91 departement:94
93, 94 ? departement:93 departement:94
75-92-93 ? departement:75 departement:92 departement:93
départements 93 et 94 ? departement:93 departement:94
IDF et PACA ? region:11 region:93
Saint-Denis (93), Aubervilliers (93) ? commune:93066 commune:93001
93 Saint-Denis, 94 Créteil ? commune:93066 commune:94028
Île-de-France, Seine-Saint-Denis ? region:11 departement:93
Saint-Denis et alentours ?

# arrondissements
Paris 13e = arrondissement:75113
Paris 13 = arrondissement:75113
Paris XIIIe = arrondissement:75113
Paris (13e) = arrondissement:75113
Paris, 13ème = arrondissement:75113
Paris 13e arrondissement = arrondissement:75113
Mairie du 13e arrondissement de Paris = arrondissement:75113
75013 = arrondissement:75113
75013 Paris = arrondissement:75113
75116 Paris = arrondissement:75116
Paris | postcode=75013 = arrondissement:75113
Paris | postcode=75013 | level=commune = commune:75056
Paris 13e | level=commune = commune:75056
Lyon 3ème = arrondissement:69383
Lyon 69 = commune:69123
69003 Lyon = arrondissement:69383
1er arrondissement de Marseille = arrondissement:13201
Marseille 13e = arrondissement:13213
Marseille 13 ? commune:13055 arrondissement:13213
13e arrondissement ? arrondissement:75113 arrondissement:13213
13e -
Paris 21e -

# groups of communes
Métropole du Grand Paris = epci:200054781
MGP = epci:200054781
MEL = epci:200093201
Métropole de Lille = epci:200093201
Grand Lyon = epci:200046977
Métropole de Lyon (69) = epci:200046977
métropole de Nantes = epci:244400404
Nantes Métropole = epci:244400404
Métropole de Rouen = epci:200023414
Eurométropole de Metz = epci:200039865
Dijon métropole = epci:242100410
Communauté urbaine de Dunkerque = epci:245900428
Grand Besançon = epci:242500361
Agglo de Cergy-Pontoise = epci:249500109
Communauté d'Agglo du Pays Basque = epci:200067106
CC du Ternois = epci:200069672
C.C. du Ternois = epci:200069672
Communauté de communes Faucigny-Glières = epci:200000172
CC des Quatre Rivières (70) = epci:247000623
Redon Agglomération = epci:243500741
Plaine Commune = ept:200057867
EPT Plaine Commune = ept:200057867
Est Ensemble = ept:200057875
GPSEO = epci:200059889
GPSO = ept:200057974
Ternois ? epci:200069672
Cergy-Pontoise ? epci:249500109
Grand Paris ? epci:200054781
Agglo de Pau ? epci:200067254

# communes that are no more
Pierrefitte-sur-Seine = commune:93066
93380 Pierrefitte-sur-Seine = commune:93066
Annecy-le-Vieux = commune:74010
Évry (91) = commune:91228
Saint-Ouen (93) = commune:93070
Châlons-sur-Marne = commune:51108

# misspelt, or nothing
Sain-Denis ?
Aubervillier ?
Aubervilier (93) ? commune:93001
Auberviliers | postcode=93300 ? commune:93001
Xyzzy -
? -
- -
à préciser -
néant -
n/a -
93 - Xyzzy ? departement:93
Département de Xyzzy -
"""
